package firstlight.lab.bench;

import firstlight.model.Bytes;
import firstlight.model.Ipv4Address;
import firstlight.multicast.Buffers;
import firstlight.multicast.StreamListening;
import firstlight.multicast.StreamServing;
import firstlight.wire.multicast.StreamTicket;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.Optional;

/**
 * One end of multicast streams, in a process of its own, until standard input ends. A sender answers a number of members by as many
 * tickets, and {@code end} by what it sent; a receiver answers a ticket by the number of blocks that it got and found right.
 */
final class StreamEnd {
    /** Of the size that chunks of 256 KiB of files have. */
    static final int FRAME = 128 << 10;

    /** Firstlight's usual one for streams. */
    private static final int PORT = 8446;

    private StreamEnd() {}

    /** @param arguments {@code send ADDRESS FILE} or {@code receive} */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        if (arguments[0].equals("send")) {
            try (FileChannel file = FileChannel.open(Path.of(arguments[2]))) {
                send(lines, Ipv4Address.parse(arguments[1]), file);
            }
        } else {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                System.out.println(receive(ticket(line)));
            }
        }
    }

    private static void send(BufferedReader lines, Ipv4Address address, FileChannel file) throws IOException {
        int blocks = Math.toIntExact(file.size() / FRAME);
        int streams = 0;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            // Of its own for each stream: packets of the one before that come late concern nobody.
            Ipv4Address group = Ipv4Address.parse("239.255.7." + (1 + streams++ % 250));
            var terms = new StreamServing.Terms(group, PORT, address, 1, Double.POSITIVE_INFINITY);
            StreamServing serving =
                    StreamServing.start(terms, blocks, block -> frame(file, block), StreamEnd::complain, () -> {});
            try (serving) {
                int members = Integer.parseInt(line);
                serving.expect(members); // nothing is sent before all are there
                for (int i = 0; i < members; i++) {
                    System.out.println(line(serving.admit()));
                }
                String _ = lines.readLine();
            }
            var standing = serving.picture().stream();
            System.out.println(standing.symbols() + " " + standing.parity());
        }
    }

    private static void complain(String words) {
        System.err.println(words);
    }

    private static byte[] frame(FileChannel file, int block) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(FRAME);
        while (frame.hasRemaining() && file.read(frame, (long) block * FRAME + frame.position()) > 0) {
            // all of it
        }
        return frame.array();
    }

    private static String receive(StreamTicket ticket) throws IOException, InterruptedException {
        BitSet all = new BitSet();
        all.set(0, ticket.blocks());
        int right = 0;
        try (StreamListening listening = StreamListening.start(ticket, all, Buffers.forThisMachine())) {
            for (var next = listening.next(); next.isPresent(); next = listening.next()) {
                Optional<byte[]> frame = listening.open(next.get());
                right += frame.isPresent() && frame.get().length == FRAME ? 1 : 0;
                listening.release(next.get());
            }
            return right + " " + listening.words();
        }
    }

    /** A ticket as a line: what an engine is told by TLS, handed from process to process here. */
    private static String line(StreamTicket ticket) {
        return String.join(
                " ",
                String.valueOf(ticket.stream()),
                ticket.group().toString(),
                String.valueOf(ticket.port()),
                ticket.sender().toString(),
                String.valueOf(ticket.reportPort()),
                HexFormat.of().formatHex(ticket.secret().toArray()),
                String.valueOf(ticket.member()),
                String.valueOf(ticket.blocks()));
    }

    private static StreamTicket ticket(String line) {
        String[] words = line.split(" ", -1);
        return new StreamTicket(
                Integer.parseInt(words[0]),
                Ipv4Address.parse(words[1]),
                Integer.parseInt(words[2]),
                Ipv4Address.parse(words[3]),
                Integer.parseInt(words[4]),
                Bytes.of(HexFormat.of().parseHex(words[5])),
                Integer.parseInt(words[6]),
                Integer.parseInt(words[7]));
    }
}
