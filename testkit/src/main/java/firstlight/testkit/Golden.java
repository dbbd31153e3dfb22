package firstlight.testkit;

import firstlight.model.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Packets that were seen or specified, kept under {@code src/test/resources/golden}. */
public final class Golden {
    /** Octets of a capture's headers: the file's, a frame's (whose length is at 8), Ethernet's, UDP's. */
    private static final int PCAP_HEADER = 24;

    private static final int RECORD_HEADER = 16;
    private static final int ETHERNET = 14;
    private static final int UDP_HEADER = 8;

    private Golden() {}

    /**
     * One UDP datagram of a capture.
     *
     * @param payload all of it: a frame that the capture cut is an error
     */
    public record Datagram(int sourcePort, int destinationPort, Bytes payload) {}

    /**
     * Octets written in hexadecimal; {@code #} begins a comment.
     *
     * @param name below {@code golden}; a missing one is an IllegalArgumentException, as of {@link #pcap}
     */
    public static byte[] hex(String name) {
        String digits = new String(resource(name), StandardCharsets.US_ASCII).replaceAll("#.*|\\s", "");
        return HexFormat.of().parseHex(digits);
    }

    /** The UDP datagrams over IPv4 of a capture (classic pcap of Ethernet frames), in their order. */
    public static List<Datagram> pcap(String name) {
        ByteBuffer file = ByteBuffer.wrap(resource(name));
        file.order(file.getInt(0) == 0xA1B2C3D4 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        List<Datagram> datagrams = new ArrayList<>();
        for (int at = PCAP_HEADER; at < file.limit(); at += RECORD_HEADER + file.getInt(at + 8)) {
            int frame = at + RECORD_HEADER;
            int ip = frame + ETHERNET;
            if (unsigned(file, frame + 12) != 0x0800 || file.get(ip + 9) != 17) {
                continue;
            }
            int udp = ip + 4 * (file.get(ip) & 0x0F);
            byte[] payload = new byte[unsigned(file, udp + 4) - UDP_HEADER];
            file.get(udp + UDP_HEADER, payload);
            datagrams.add(new Datagram(unsigned(file, udp), unsigned(file, udp + 2), Bytes.of(payload)));
        }
        return datagrams;
    }

    private static int unsigned(ByteBuffer file, int at) {
        return Short.toUnsignedInt(file.duplicate().order(ByteOrder.BIG_ENDIAN).getShort(at));
    }

    private static byte[] resource(String name) {
        try (InputStream in = Golden.class.getResourceAsStream("/golden/" + name)) {
            if (in == null) {
                throw new IllegalArgumentException("no resource /golden/" + name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
