package firstlight.environment;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Writes the smallest ELF files that tell something: libraries that are needed, or what a kernel module says. */
final class ElfFiles {
    private static final byte[] SECTION_NAMES =
            "\0.names\0.dynamic\0.dynstr\0.modinfo\0".getBytes(StandardCharsets.US_ASCII);

    private ElfFiles() {}

    static void program(Path file, String... needed) throws IOException {
        write(file, List.of(needed), List.of());
    }

    static void module(Path file, String... modinfo) throws IOException {
        write(file, List.of(), List.of(modinfo));
    }

    private static void write(Path file, List<String> needed, List<String> modinfo) throws IOException {
        ByteArrayOutputStream strings = new ByteArrayOutputStream();
        strings.write(0);
        ByteBuffer dynamic = little(16 * (needed.size() + 1));
        for (String name : needed) {
            dynamic.putLong(1).putLong(strings.size());
            strings.writeBytes((name + "\0").getBytes(StandardCharsets.US_ASCII));
        }
        byte[] info = String.join("", modinfo.stream().map(line -> line + "\0").toList())
                .getBytes(StandardCharsets.US_ASCII);
        byte[][] contents = {new byte[0], SECTION_NAMES, octets(dynamic), strings.toByteArray(), info};
        int[] names = {0, 1, 8, 17, 25};
        int[] types = {0, 3, 6, 3, 1};
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        ByteBuffer table = little(64 * contents.length);
        for (int i = 0; i < contents.length; i++) {
            table.putInt(names[i]).putInt(types[i]).putLong(0).putLong(0);
            table.putLong(64 + body.size()).putLong(contents[i].length);
            table.putInt(i == 2 ? 3 : 0).putInt(0).putLong(1).putLong(0);
            body.writeBytes(contents[i]);
        }
        ByteBuffer header = little(64);
        header.putInt(0, 0x464C457F).put(4, (byte) 2).put(5, (byte) 1);
        header.putLong(40, 64L + body.size()).putShort(58, (short) 64);
        header.putShort(60, (short) contents.length).putShort(62, (short) 1);
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.writeBytes(octets(header));
        whole.writeBytes(body.toByteArray());
        whole.writeBytes(octets(table));
        Files.createDirectories(file.getParent());
        Files.write(file, whole.toByteArray());
    }

    private static ByteBuffer little(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] octets(ByteBuffer buffer) {
        byte[] octets = new byte[buffer.capacity()];
        buffer.get(0, octets);
        return octets;
    }
}
