package firstlight.image.nbd;

import firstlight.image.nbd.NbdExports.Export;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** What the server says before there are requests (proto.md, "Fixed newstyle negotiation"). Pure. */
record NbdHandshake(NbdExports exports) {
    private static final long GREETING = 0x4E42_444D_4147_4943L; // NBDMAGIC
    /** Magic number of an answer to an option; below are the protocol's numbers of flags, answers and errors, as proto.md names them. */
    private static final long REPLY = 0x3_E889_0455_65A9L;

    private static final int FIXED_NEWSTYLE = 1;
    private static final int NO_ZEROES = 2;

    private static final int ACK = 1;
    private static final int SERVER = 2;
    private static final int INFO = 3;
    private static final int ERROR_UNSUPPORTED = 0x8000_0001;
    private static final int ERROR_UNKNOWN = 0x8000_0006;

    private static final int INFO_EXPORT = 0;
    private static final int INFO_BLOCK_SIZE = 3;

    /**
     * @param octets for the client
     * @param ends no more options are read
     * @param chosen the export with which requests begin, when there is one
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Step(byte[] octets, boolean ends, Optional<String> chosen) {}

    static byte[] greeting() {
        return ByteBuffer.allocate(18)
                .putLong(GREETING)
                .putLong(NbdOption.MAGIC)
                .putShort((short) (FIXED_NEWSTYLE | NO_ZEROES))
                .array();
    }

    /** The 124 octets of nothing that follow an export's size when the client does not object. */
    static boolean wantsZeroes(int clientFlags) {
        if ((clientFlags & ~(FIXED_NEWSTYLE | NO_ZEROES)) != 0) {
            throw new MalformedNbd("unknown client flags " + Integer.toHexString(clientFlags));
        }
        return (clientFlags & NO_ZEROES) == 0;
    }

    Step answer(NbdOption option, boolean zeroes) {
        return switch (option) {
            case NbdOption.ExportName(String name) -> exportName(name, zeroes);
            case NbdOption.Abort abort -> new Step(reply(abort, ACK), true, Optional.empty());
            case NbdOption.ListExports list -> list(list);
            case NbdOption.Info info -> info(info);
            case NbdOption.Unknown unknown -> on(reply(unknown, ERROR_UNSUPPORTED));
        };
    }

    /** The oldest option has no words for an error: the connection ends (proto.md, NBD_OPT_EXPORT_NAME). */
    private Step exportName(String name, boolean zeroes) {
        Optional<Export> export = exports.find(name);
        if (export.isEmpty()) {
            return new Step(new byte[0], true, Optional.empty());
        }
        ByteBuffer out = ByteBuffer.allocate(zeroes ? 134 : 10);
        out.putLong(export.get().disk().size()).putShort(flags(export.get()));
        return new Step(out.array(), true, Optional.of(name));
    }

    private Step list(NbdOption option) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (String name : exports.byName().keySet()) {
            byte[] octets = name.getBytes(StandardCharsets.UTF_8);
            ByteBuffer data =
                    ByteBuffer.allocate(4 + octets.length).putInt(octets.length).put(octets);
            out.writeBytes(reply(option, SERVER, data.array()));
        }
        out.writeBytes(reply(option, ACK));
        return on(out.toByteArray());
    }

    private Step info(NbdOption.Info option) {
        Optional<Export> found = exports.find(option.export());
        if (found.isEmpty()) {
            return on(reply(option, ERROR_UNKNOWN));
        }
        Export export = found.get();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteBuffer size = ByteBuffer.allocate(12).putShort((short) INFO_EXPORT);
        out.writeBytes(reply(
                option,
                INFO,
                size.putLong(export.disk().size()).putShort(flags(export)).array()));
        if (option.asked().contains(INFO_BLOCK_SIZE)) {
            ByteBuffer blocks = ByteBuffer.allocate(14).putShort((short) INFO_BLOCK_SIZE);
            // Smallest, preferred and largest request.
            blocks.putInt(1).putInt(4096).putInt(NbdRequest.LONGEST);
            out.writeBytes(reply(option, INFO, blocks.array()));
        }
        out.writeBytes(reply(option, ACK));
        return new Step(out.toByteArray(), option.go(), option.go() ? Optional.of(option.export()) : Optional.empty());
    }

    private static Step on(byte[] octets) {
        return new Step(octets, false, Optional.empty());
    }

    /** Bits: 0 flags are there, 1 read-only, 2 flush, 3 FUA, 5 trim, 6 write zeroes, 8 several connections see the same. */
    private static short flags(Export export) {
        return (short) (export.readOnly() ? 0b1_0000_0111 : 0b1_0110_1101);
    }

    private static byte[] reply(NbdOption option, int type, byte... data) {
        return ByteBuffer.allocate(20 + data.length)
                .putLong(REPLY)
                .putInt(option.code())
                .putInt(type)
                .putInt(data.length)
                .put(data)
                .array();
    }
}
