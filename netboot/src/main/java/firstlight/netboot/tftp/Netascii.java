package firstlight.netboot.tftp;

import java.io.ByteArrayOutputStream;

/** Mode netascii (RFC 764's NVT): a line ends with CR LF, a lone CR is CR NUL. */
final class Netascii {
    private Netascii() {}

    static byte[] of(byte[] octets) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(octets.length + octets.length / 16);
        for (byte octet : octets) {
            switch (octet) {
                case '\n' -> {
                    out.write('\r');
                    out.write('\n');
                }
                case '\r' -> {
                    out.write('\r');
                    out.write(0);
                }
                default -> out.write(octet);
            }
        }
        return out.toByteArray();
    }
}
