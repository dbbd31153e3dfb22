package firstlight.lab;

import firstlight.model.MacAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Builds the frames that tests read: written by hand from the RFCs' figures, without the code under test. */
final class Frames {
    /** Ethernet and IPv4. */
    private static final int HEADERS = 14 + 20;

    private Frames() {}

    static byte[] option(int code, String text) {
        byte[] value = text.getBytes(StandardCharsets.ISO_8859_1);
        return ByteBuffer.allocate(2 + value.length)
                .put((byte) code)
                .put((byte) value.length)
                .put(value)
                .array();
    }

    static byte[] option(int code, int octet) {
        return new byte[] {(byte) code, 1, (byte) octet};
    }

    static byte[] dhcp(int op, MacAddress client, String yiaddr, String file, byte[]... options) {
        ByteBuffer p = ByteBuffer.allocate(548);
        p.put((byte) op).put((byte) 1).put((byte) 6);
        p.position(16);
        p.put(address(yiaddr));
        p.position(28);
        p.put(client.octets().toArray());
        p.position(108);
        p.put(file.getBytes(StandardCharsets.ISO_8859_1));
        p.position(236);
        p.putInt(0x63825363);
        for (byte[] option : options) {
            p.put(option);
        }
        p.put((byte) 255);
        return p.array();
    }

    static byte[] udp(
            MacAddress from,
            MacAddress to,
            String source,
            int sourcePort,
            String target,
            int targetPort,
            byte[] payload) {
        byte[] frame = ip(from, to, source, target, 17, 8 + payload.length);
        ByteBuffer p = ByteBuffer.wrap(frame).position(HEADERS);
        p.putShort((short) sourcePort).putShort((short) targetPort);
        p.putShort((short) (8 + payload.length)).putShort((short) 0).put(payload);
        return frame;
    }

    static byte[] tcp(
            MacAddress from, MacAddress to, String source, int sourcePort, String target, int targetPort, String text) {
        byte[] payload = text.getBytes(StandardCharsets.ISO_8859_1);
        byte[] frame = ip(from, to, source, target, 6, 20 + payload.length);
        ByteBuffer p = ByteBuffer.wrap(frame).position(HEADERS);
        p.putShort((short) sourcePort).putShort((short) targetPort).putInt(1).putInt(1);
        p.put((byte) 0x50).put((byte) 0x18).putShort((short) 1000).putInt(0).put(payload);
        return frame;
    }

    private static byte[] ip(MacAddress from, MacAddress to, String source, String target, int protocol, int length) {
        ByteBuffer p = ByteBuffer.allocate(HEADERS + length);
        p.put(to.octets().toArray()).put(from.octets().toArray()).putShort((short) 0x0800);
        p.put((byte) 0x45).put((byte) 0).putShort((short) (20 + length)).putInt(0);
        p.put((byte) 64).put((byte) protocol).putShort((short) 0);
        p.put(address(source)).put(address(target));
        return p.array();
    }

    private static byte[] address(String text) {
        String[] words = text.split("\\.", -1);
        byte[] octets = new byte[4];
        for (int i = 0; i < 4; i++) {
            octets[i] = (byte) Integer.parseInt(words[i]);
        }
        return octets;
    }
}
