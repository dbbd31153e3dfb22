package firstlight.image.nbd;

import firstlight.image.Disk;
import firstlight.image.nbd.NbdExports.Export;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The talk with one client: the fixed newstyle handshake, then requests, one after the other. Belongs to one thread.
 */
final class NbdSession {
    private final NbdExports exports;
    private final DataInputStream in;
    private final DataOutputStream out;
    private final NbdHandshake handshake;
    private final Consumer<String> log;

    NbdSession(NbdExports exports, DataInputStream in, DataOutputStream out, Consumer<String> log) {
        this.exports = exports;
        this.in = in;
        this.out = out;
        this.handshake = new NbdHandshake(exports);
        this.log = log;
    }

    /** Returns when the client has said goodbye. */
    void run() throws IOException {
        Optional<Export> chosen = choose();
        if (chosen.isPresent()) {
            while (serve(chosen.get())) {
                out.flush();
            }
        }
    }

    /** The handshake (proto.md, "Session startup"): options until one chooses an export, or the client gives up. */
    private Optional<Export> choose() throws IOException {
        out.write(NbdHandshake.greeting());
        out.flush();
        boolean zeroes = NbdHandshake.wantsZeroes(in.readInt());
        while (true) {
            byte[] header = new byte[NbdOption.HEADER];
            in.readFully(header);
            ByteBuffer fields = ByteBuffer.wrap(header);
            if (fields.getLong() != NbdOption.MAGIC) {
                throw new MalformedNbd("no NBD option: its magic number is missing");
            }
            int code = fields.getInt();
            long length = fields.getInt() & 0xFFFF_FFFFL;
            if (length > NbdOption.LONGEST) {
                throw new MalformedNbd("an NBD option of " + length + " octets");
            }
            byte[] data = new byte[(int) length];
            in.readFully(data);
            NbdHandshake.Step step = handshake.answer(NbdOption.decode(code, data), zeroes);
            out.write(step.octets());
            out.flush();
            if (step.ends()) {
                return step.chosen().flatMap(exports::find);
            }
        }
    }

    /** One request; false when it was the last. Reads a write's octets also when it is refused: they are on the way in any case. */
    private boolean serve(Export export) throws IOException {
        byte[] header = new byte[NbdRequest.LENGTH];
        in.readFully(header);
        NbdRequest request = NbdRequest.decode(header);
        if (request.command() == NbdRequest.Command.DISCONNECT) {
            return false;
        }
        byte[] data = new byte[0];
        boolean carries = request.command() == NbdRequest.Command.WRITE || request.command() == NbdRequest.Command.READ;
        if (carries && request.length() > NbdRequest.LONGEST) {
            throw new MalformedNbd("a request of " + request.length() + " octets");
        }
        if (carries) {
            data = new byte[(int) request.length()];
        }
        if (request.command() == NbdRequest.Command.WRITE) {
            in.readFully(data);
        }
        NbdError error = perform(request, export, data);
        out.write(request.reply(error));
        if (error == NbdError.NONE && request.command() == NbdRequest.Command.READ) {
            out.write(data);
        }
        return true;
    }

    /** EPERM for a write to what is read-only, ENOSPC and EINVAL for what is behind the end (proto.md, "Error values"). */
    private NbdError perform(NbdRequest request, Export export, byte[] data) {
        Disk disk = export.disk();
        boolean writes = switch (request.command()) {
            case WRITE, TRIM, WRITE_ZEROES -> true;
            case READ, DISCONNECT, FLUSH, CACHE, UNKNOWN -> false;
        };
        if (writes && export.readOnly()) {
            return NbdError.NOT_PERMITTED;
        }
        if (request.offset() < 0 || request.offset() > disk.size() - request.length()) {
            return writes ? NbdError.NO_SPACE : NbdError.INVALID;
        }
        try {
            switch (request.command()) {
                case READ -> disk.read(request.offset(), ByteBuffer.wrap(data));
                case WRITE -> disk.write(request.offset(), ByteBuffer.wrap(data));
                case WRITE_ZEROES -> disk.zero(request.offset(), request.length());
                case TRIM -> disk.discard(request.offset(), request.length());
                case FLUSH -> disk.flush();
                case CACHE, DISCONNECT -> {}
                case UNKNOWN -> {
                    return NbdError.NOT_SUPPORTED;
                }
            }
            if (writes && (request.flags() & NbdRequest.FORCE_UNIT_ACCESS) != 0) {
                disk.flush();
            }
            return NbdError.NONE;
        } catch (IOException broken) {
            log.accept(disk.name() + ": " + broken.getMessage()); // the protocol has no words for it
            return NbdError.IO;
        }
    }
}
