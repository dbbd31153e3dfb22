package firstlight.image.pipeline;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * A disk drawn by lot: its table, the places and numbers of its partitions, their formats, options and lengths.
 *
 * @param mebibytes the disk's length
 */
record DrawnDisk(boolean gpt, int sectorSize, List<Part> parts, int mebibytes) {
    private static final List<Format> FORMATS = List.of(Format.values());
    private static final int MOST_PARTS = 4;
    private static final int GAP = 12;

    /**
     * @param start in sectors
     * @param mebibytes its length
     */
    record Part(int number, Format format, String options, long start, int mebibytes) {
        Path node(Path disk) {
            return Path.of(disk + "p" + number);
        }
    }

    static DrawnDisk of(Random lot) {
        boolean gpt = lot.nextInt(3) > 0;
        int sectorSize = lot.nextInt(5) == 0 ? 4096 : 512;
        List<Integer> numbers = new ArrayList<>();
        int count = 1 + lot.nextInt(MOST_PARTS);
        for (int i = 0; i < count; i++) {
            numbers.add(gpt || i < 2 ? i + 1 : i + 3); // 3 is the container of the logical ones
        }
        if (gpt) {
            Collections.shuffle(numbers, lot);
        }
        long mebibyte = (1L << 20) / sectorSize;
        long at = mebibyte;
        List<Part> parts = new ArrayList<>();
        for (int number : numbers) {
            at += lot.nextInt(3) == 0 ? lot.nextInt(GAP) * mebibyte + lot.nextInt(9) * (32_768L / sectorSize) : 0;
            at += number > 4 ? mebibyte : 0; // a logical partition's own table
            Format format = FORMATS.get(lot.nextInt(FORMATS.size()));
            int length = format.mebibytes + lot.nextInt(1 + format.mebibytes / 2);
            parts.add(new Part(number, format, options(format, lot), at, length));
            at += length * mebibyte;
        }
        return new DrawnDisk(gpt, sectorSize, parts, (int) (at / mebibyte) + 2 + lot.nextInt(60));
    }

    private static String options(Format format, Random lot) {
        List<String> all = switch (format) {
            case EXT2 -> List.of("", "-I 128", "-r 1 -O none", "-m 0 -O ^resize_inode");
            case EXT3 -> List.of("", "-O ^dir_index", "-J size=4");
            case EXT4 -> List.of("", "-O ^64bit", "-O ^metadata_csum", "-O inline_data -I 256", "-g 8192");
            case XFS -> List.of("", "-m reflink=0", "-m rmapbt=1", "-i size=1024", "-d agcount=3", "-n size=8192");
            case BTRFS -> List.of("", "-m single", "--csum xxhash", "-n 4096 -s 4096", "-O ^no-holes");
            case F2FS -> List.of("", "-O extra_attr,inode_checksum", "-o 9", "-w 4096");
            case NTFS -> List.of("", "-c 8192", "-c 65536", "-z 4096");
            case EXFAT -> List.of("", "-c 4K", "-c 128K");
            case FAT12, FAT16, FAT32 -> List.of("", "-R 40", "-f 1", "-i 01020304");
            case SWAP -> List.of("", "-p 4096");
        };
        return all.get(lot.nextInt(all.size()));
    }

    void make(Path node) throws IOException {
        StringBuilder script = new StringBuilder("label: %s%nunit: sectors%n".formatted(gpt ? "gpt" : "dos"));
        long mebibyte = (1L << 20) / sectorSize;
        parts.stream()
                .filter(part -> part.number > 4 && !gpt)
                .findFirst()
                .ifPresent(first -> script.append("3 : start=%d, size=%d, type=5%n"
                        .formatted(first.start - mebibyte, mebibytes * mebibyte - first.start)));
        for (Part part : parts) {
            script.append("%d : start=%d, size=%d, type=%s%n"
                    .formatted(part.number, part.start, part.mebibytes * mebibyte, type(part.format)));
        }
        Shell.run(
                "sfdisk -q %1$s <<'END'\n%2$sEND\npartx -d %1$s 2>/dev/null || true; partx -a %1$s 2>/dev/null || true"
                        .formatted(node, script));
        for (Part part : parts) {
            part.format.make(part.node(node), part.options);
            part.format.fill(part.node(node));
        }
    }

    private String type(Format format) {
        return switch (format) {
            case SWAP -> "swap";
            case FAT12, FAT16, FAT32 -> gpt ? "uefi" : "c";
            case NTFS, EXFAT -> gpt ? "EBD0A0A2-B9E5-4433-87C0-68B6B72699C7" : "7";
            case EXT2, EXT3, EXT4, XFS, BTRFS, F2FS -> "linux";
        };
    }
}
