package firstlight.image.table;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.Disk;
import firstlight.image.disk.Access;
import firstlight.image.disk.BlockDevice;
import firstlight.image.disk.LoopDevice;
import firstlight.image.pipeline.Shell;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Random tables: what sfdisk says is what we read, and what it says of the disk that we wrote it to. */
class TablePropertyTest {
    private static final long SIZE = 512L << 20;
    private static final int TABLES = 8;
    private static final Pattern LINE =
            Pattern.compile("p(\\d+) : start= *(\\d+), size= *(\\d+), type=([0-9A-Fa-f-]+)(.*)");

    private static final List<String> TYPES = List.of(
            "C12A7328-F81F-11D2-BA4B-00A0C93EC93B",
            "E3C9E316-0B5C-4DB8-817D-F92DF00215AE",
            "EBD0A0A2-B9E5-4433-87C0-68B6B72699C7",
            "DE94BBA4-06D1-4D40-A16A-BFD50179D6AC",
            "0FC63DAF-8483-4772-8E79-3D69D8477DE4",
            "21686148-6449-6E6F-744E-656564454649");

    @TempDir
    Path folder;

    @ParameterizedTest(name = "{0}, sectors of {1} octets")
    @CsvSource({"gpt, 512", "gpt, 4096", "dos, 512", "dos, 4096"})
    void whatSfdiskSaysIsWhatWeReadAndWhatWeWrite(String label, int sectorSize) throws IOException {
        Path source = folder.resolve("source");
        Path target = folder.resolve("target");
        for (int seed = 1; seed <= TABLES; seed++) {
            Random random = new Random(seed);
            Files.deleteIfExists(source);
            Files.deleteIfExists(target);
            boolean larger = random.nextBoolean();
            Shell.run("truncate -s %d %s; truncate -s %d %s"
                    .formatted(SIZE, source, larger ? SIZE + (64L << 20) : SIZE, target));
            try (LoopDevice from = LoopDevice.attach(source, sectorSize, Access.READ_WRITE);
                    LoopDevice to = LoopDevice.attach(target, sectorSize, Access.READ_WRITE)) {
                String script = label.equals("gpt") ? gpt(random, sectorSize) : mbr(random, sectorSize);
                Shell.run("sfdisk -q --no-reread --no-tell-kernel %s <<'END'%n%s%nEND".formatted(from.node(), script));
                Shell.run("head -c 440 /dev/urandom | dd of=%1$s conv=notrunc status=none; blockdev --flushbufs %1$s"
                        .formatted(from.node()));
                PartitionTable table = read(from.node());
                assertThat(table.notes()).as(script).isEmpty();
                assertThat(ours(table, sectorSize)).as(script).isEqualTo(theirs(from.node()));
                write(table, to.node(), sectorSize);
                assertThat(dump(to.node())).as(script).isEqualTo(dump(from.node()));
                Shell.run("cmp -n 440 %s %s".formatted(from.node(), to.node()));
                if (label.equals("gpt")) {
                    assertThat(Shell.run("sgdisk --verify " + to.node())).contains("No problems found");
                    assertThat(Shell.run("sgdisk -p " + to.node() + " | grep -A99 ^Number"))
                            .isEqualTo(Shell.run("sgdisk -p " + from.node() + " | grep -A99 ^Number"));
                }
            }
        }
    }

    /** Numbers with holes between them, in an order that is not the disk's, odd names, attributes of each kind. */
    private static String gpt(Random random, int sectorSize) {
        StringBuilder script = new StringBuilder("label: gpt\nlabel-id: " + new UUID(random.nextLong(), seed(random)));
        script.append("\nunit: sectors\n");
        TreeSet<Integer> numbers = new TreeSet<>();
        int count = 1 + random.nextInt(12);
        while (numbers.size() < count) {
            numbers.add(1 + random.nextInt(128));
        }
        long at = (1L << 20) / sectorSize;
        for (int number : numbers) {
            at += random.nextInt(3) * 8L;
            long size = 8L + random.nextInt((int) ((30L << 20) / sectorSize));
            script.append("%d : start=%d, size=%d, type=%s, uuid=%s"
                    .formatted(
                            number,
                            at,
                            size,
                            TYPES.get(random.nextInt(TYPES.size())),
                            new UUID(random.nextLong(), seed(random))));
            if (random.nextBoolean()) {
                script.append(", name=\"%s\""
                        .formatted(
                                List.of("EFI System", "ä ö — ü", "x".repeat(36)).get(random.nextInt(3))));
            }
            if (random.nextBoolean()) {
                script.append(", attrs=\"%s\""
                        .formatted(List.of("RequiredPartition", "LegacyBIOSBootable", "GUID:60,63")
                                .get(random.nextInt(3))));
            }
            script.append('\n');
            at += size;
        }
        return script.toString();
    }

    /** One to three primaries, and a container with up to ten logical partitions in one of the four slots. */
    private static String mbr(Random random, int sectorSize) {
        StringBuilder script =
                new StringBuilder("label: dos\nlabel-id: 0x%08x%nunit: sectors%n".formatted(random.nextInt()));
        long mebibyte = (1L << 20) / sectorSize;
        long at = mebibyte;
        int extended = 1 + random.nextInt(4);
        int logical = random.nextInt(11);
        for (int number = 1; number <= 4; number++) {
            if (number == extended) {
                script.append("%d : start=%d, size=%d, type=%s%n"
                        .formatted(
                                number,
                                at,
                                200 * mebibyte,
                                List.of("5", "f", "85").get(random.nextInt(3))));
                at += 200 * mebibyte;
            } else if (random.nextBoolean()) {
                long size = 1L + random.nextInt((int) (60 * mebibyte));
                script.append("%d : start=%d, size=%d, type=%s%s%n"
                        .formatted(
                                number,
                                at,
                                size,
                                List.of("7", "c", "83", "27").get(random.nextInt(4)),
                                random.nextInt(4) == 0 ? ", bootable" : ""));
                at += size + random.nextInt(50);
            }
        }
        for (int i = 0; i < logical; i++) {
            script.append("%d : size=%d, type=%s%n"
                    .formatted(
                            5 + i,
                            1 + random.nextInt((int) (15 * mebibyte)),
                            List.of("83", "82", "7").get(random.nextInt(3))));
        }
        return script.toString();
    }

    /** With the variant of a UUID. */
    private static long seed(Random random) {
        return (random.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
    }

    private static String ours(PartitionTable table, int sectorSize) {
        TreeSet<String> lines = new TreeSet<>();
        for (Partition partition : table.partitions()) {
            lines.add("%d %d %d %s"
                    .formatted(
                            partition.number(),
                            partition.start() / sectorSize,
                            partition.length() / sectorSize,
                            partition.type().toLowerCase(Locale.ROOT)));
        }
        return String.join("\n", lines);
    }

    private static String theirs(Path node) throws IOException {
        TreeSet<String> lines = new TreeSet<>();
        Matcher line = LINE.matcher(Shell.run("sfdisk -d " + node));
        while (line.find()) {
            String type = line.group(4).toLowerCase(Locale.ROOT);
            if (!List.of("5", "f", "85").contains(type)) {
                String word = type.length() <= 2 ? "0x" + "0".repeat(2 - type.length()) + type : type;
                lines.add("%s %s %s %s".formatted(line.group(1), line.group(2), line.group(3), word));
            }
        }
        assertThat(lines).isNotEmpty();
        return String.join("\n", lines);
    }

    private static PartitionTable read(Path node) throws IOException {
        try (Disk disk = BlockDevice.open(node, Access.READ)) {
            return PartitionTable.read(disk);
        }
    }

    private static void write(PartitionTable table, Path node, int sectorSize) throws IOException {
        try (Disk disk = BlockDevice.open(node, Access.READ_WRITE)) {
            for (TableSectors.Run run : PartitionTable.runsFor(table.sectors(), sectorSize, disk.size())) {
                disk.write(run.offset(), ByteBuffer.wrap(run.octets().toArray()));
            }
            disk.flush();
        }
    }

    private static String dump(Path node) throws IOException {
        return Shell.run("sfdisk -d " + node).replaceAll("last-lba.*\n", "").replace(node.toString(), "disk");
    }
}
