package firstlight.environment;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What this room asks of a 64-bit little-endian ELF file: which libraries it needs (DT_NEEDED), and what a kernel
 * module says of itself ({@code .modinfo}).
 */
record Elf(List<String> needed, List<String> modinfo) {
    /** Octets of a file's header; 40 tells where the sections' table is, 58 to 62 its entries' size, number, and the section of names. */
    private static final int HEADER = 64;

    private static final int SECTION_STRINGS = 3;
    private static final int SECTION_DYNAMIC = 6;
    private static final int DT_NEEDED = 1;

    /** Empty when {@code file} is something else, such as a script. */
    static Optional<Elf> read(Path file) throws IOException {
        if (!Files.isRegularFile(file) || Files.size(file) < HEADER) {
            return Optional.empty();
        }
        return parse(ByteBuffer.wrap(Files.readAllBytes(file)));
    }

    /** Empty as well for one whose table makes no sense. */
    static Optional<Elf> parse(ByteBuffer whole) {
        ByteBuffer elf = whole.order(ByteOrder.LITTLE_ENDIAN);
        if (elf.limit() < HEADER || elf.getInt(0) != 0x464C457F || elf.get(4) != 2 || elf.get(5) != 1) {
            return Optional.empty();
        }
        long table = elf.getLong(40);
        int entry = Short.toUnsignedInt(elf.getShort(58));
        int count = Short.toUnsignedInt(elf.getShort(60));
        int names = Short.toUnsignedInt(elf.getShort(62));
        if (table <= 0 || table + (long) entry * count > elf.limit() || names >= count) {
            return Optional.empty();
        }
        List<Section> sections = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int at = (int) table + i * entry;
            sections.add(new Section(
                    elf.getInt(at),
                    elf.getInt(at + 4),
                    elf.getLong(at + 24),
                    elf.getLong(at + 32),
                    elf.getInt(at + 40)));
        }
        List<String> needed = new ArrayList<>();
        List<String> modinfo = new ArrayList<>();
        for (Section section : sections) {
            if (section.type == SECTION_DYNAMIC) {
                needed.addAll(needed(elf, section, sections.get(section.link)));
            } else if (string(elf, sections.get(names).offset + section.name).equals(".modinfo")) {
                modinfo.addAll(strings(elf, section));
            }
        }
        return Optional.of(new Elf(List.copyOf(needed), List.copyOf(modinfo)));
    }

    /** The values of {@code key} in {@code .modinfo}; a key may be there many times. */
    List<String> modinfo(String key) {
        return modinfo.stream()
                .filter(line -> line.startsWith(key + "="))
                .map(line -> line.substring(key.length() + 1))
                .toList();
    }

    private static List<String> needed(ByteBuffer elf, Section dynamic, Section strings) {
        List<String> names = new ArrayList<>();
        if (strings.type != SECTION_STRINGS) {
            return names;
        }
        for (long at = dynamic.offset; at + 16 <= dynamic.offset + dynamic.size; at += 16) {
            if (elf.getLong((int) at) == DT_NEEDED) {
                names.add(string(elf, strings.offset + elf.getLong((int) at + 8)));
            }
        }
        return names;
    }

    private static List<String> strings(ByteBuffer elf, Section section) {
        byte[] content = new byte[(int) section.size];
        elf.get((int) section.offset, content);
        return List.of(new String(content, StandardCharsets.UTF_8).split("\0+", -1));
    }

    private static String string(ByteBuffer elf, long offset) {
        int end = (int) offset;
        while (elf.get(end) != 0) {
            end++;
        }
        byte[] text = new byte[end - (int) offset];
        elf.get((int) offset, text);
        return new String(text, StandardCharsets.UTF_8);
    }

    /** Of a section's header: 0 name, 4 type, 24 offset, 32 size, 40 link, which of a dynamic section is its strings'. */
    private record Section(int name, int type, long offset, long size, int link) {}
}
