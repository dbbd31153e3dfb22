package firstlight.image.resize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.Disk;
import firstlight.image.ImageFailure;
import firstlight.image.chunk.ChunkId;
import firstlight.image.chunk.ChunkTable;
import firstlight.image.disk.Access;
import firstlight.image.disk.DiskFile;
import firstlight.image.disk.Tool;
import firstlight.image.extents.Extents;
import firstlight.image.manifest.Content;
import firstlight.image.manifest.DiskImage;
import firstlight.image.manifest.Region;
import firstlight.image.table.Partition;
import firstlight.image.table.PartitionTable;
import firstlight.image.table.Place;
import firstlight.image.table.TableSectors;
import firstlight.model.Bytes;
import firstlight.testkit.Seeded;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LayoutPlanTest {
    private static final long MIB = 1 << 20;

    @TempDir
    Path folder;

    private static Partition partition(int number, long start, long length) {
        return new Partition(number, start * MIB, length * MIB, "");
    }

    private static final List<Partition> WINDOWS =
            List.of(partition(1, 1, 100), partition(2, 101, 16), partition(3, 117, 5000), partition(4, 5117, 500));

    @Test
    void whatGrowsPushesOnlyWhatLiesBehindIt() {
        Packing packing = new Packing(WINDOWS);
        packing.grow(3, 1000 * MIB + 4711);
        assertThat(packing.places())
                .containsEntry(2, new Place(101 * MIB, 16 * MIB))
                .containsEntry(3, new Place(117 * MIB, 6000 * MIB))
                .containsEntry(4, new Place(6117 * MIB, 500 * MIB));
    }

    @Test
    void whoHasMostToGiveShrinksFirstAndOthersOnlyWhenThatIsNotEnough() {
        Map<Integer, Long> least = Map.of(1, 100 * MIB, 2, 16 * MIB, 3, 1000 * MIB, 4, 400 * MIB);
        Packing one = new Packing(WINDOWS);
        assertThat(one.shrinkTo(4000 * MIB, each -> least.getOrDefault(each.number(), 0L)))
                .isZero();
        assertThat(one.places())
                .containsEntry(3, new Place(117 * MIB, 3383 * MIB))
                .containsEntry(4, new Place(3500 * MIB, 500 * MIB));

        Packing two = new Packing(WINDOWS);
        assertThat(two.shrinkTo(1580 * MIB, each -> least.getOrDefault(each.number(), 0L)))
                .isZero();
        assertThat(two.places())
                .containsEntry(3, new Place(117 * MIB, 1000 * MIB))
                .containsEntry(4, new Place(1117 * MIB, 463 * MIB));

        Packing none = new Packing(WINDOWS);
        assertThat(none.shrinkTo(1517 * MIB - 1, each -> least.getOrDefault(each.number(), 0L)))
                .isEqualTo(1);
    }

    @Test
    void neverDoPartitionsOverlapOrLeaveTheDiskOrLoseTheirAlignment() {
        Seeded random = Seeded.fresh();
        for (int round = 0; round < 2000; round++) {
            List<Partition> partitions = new ArrayList<>();
            long end = MIB;
            for (int number = 1; number <= random.between(1, 8); number++) {
                long start = end + random.between(0, 3) * 512L * random.between(0, 4000);
                end = start + 512L * random.between(1, 4_000_000);
                partitions.add(new Partition(number, start, end - start, ""));
            }
            long limit = 512L * random.between(1, (int) (end / 512));
            Packing packing = new Packing(partitions);
            long tooFew = packing.shrinkTo(limit, each -> each.number() % 2 == 0 ? each.length() : each.length() / 7);
            String seed = "round " + round + " of " + random;
            assertThat(packing.end() <= limit).as(seed).isEqualTo(tooFew == 0);
            long last = 0;
            for (Partition partition : partitions) {
                Place place = packing.place(partition);
                assertThat(place.start()).as(seed).isGreaterThanOrEqualTo(last);
                assertThat((partition.start() - place.start()) % MIB).as(seed).isZero();
                boolean fixed = partition.number() % 2 == 0;
                assertThat(place.length())
                        .as(seed)
                        .isLessThanOrEqualTo(partition.length())
                        .isGreaterThanOrEqualTo(fixed ? partition.length() : partition.length() / 7);
                last = place.end();
            }
        }
    }

    @Test
    void aWindowsThatMovesOnADiskWithAnMbrIsNamedBeforehand() throws ImageFailure {
        byte[] sector = new byte[512];
        ByteBuffer record = ByteBuffer.wrap(sector).order(ByteOrder.LITTLE_ENDIAN);
        record.put(446 + 4, (byte) 0x83).putInt(446 + 8, 2048).putInt(446 + 12, 64 * 2048);
        record.put(462 + 4, (byte) 7).putInt(462 + 8, 65 * 2048).putInt(462 + 12, 16 * 2048);
        record.putShort(510, (short) 0xAA55);
        DiskImage image = new DiskImage(
                100 * MIB,
                512,
                new TableSectors(TableSectors.Kind.MBR, List.of(new TableSectors.Run(0, Bytes.of(sector)))),
                List.of(empty(1, 1, 64, "ext4"), empty(2, 65, 16, "ntfs")));
        DiskLayout larger = LayoutPlan.of(image, "sda", 200 * MIB, 512, Wishes.AS_IT_WAS.grow(), Lengths.byMap());
        assertThat(larger.notes()).isEmpty();
        DiskLayout grown = LayoutPlan.of(image, "sda", 200 * MIB, 512, new Wishes.Grow(1), Lengths.byMap());
        assertThat(grown.words()).anyMatch(words -> words.startsWith("partition 2 (ntfs) moves from 65 MiB"));
        assertThat(grown.notes()).isEmpty();
    }

    @Test
    void aPartitionThatBeginsWhereATableForLargerSectorsLiesIsNamed() throws IOException {
        Path file = folder.resolve("disk");
        Tool mac = Tool.run(
                List.of("bash", "-ec", "truncate -s 64M %1$s; sgdisk -a 8 -n 1:40:+4M -t 1:ef00 %1$s".formatted(file)));
        assertThat(mac.succeeded()).as(mac.output()).isTrue();
        TableSectors table;
        try (Disk disk = DiskFile.open(file, 512, Access.READ)) {
            table = PartitionTable.read(disk).sectors();
        }
        DiskImage image = new DiskImage(64 * MIB, 512, table, List.of());
        assertThat(LayoutPlan.of(image, "sda", 64 * MIB, 512, Wishes.AS_IT_WAS.grow(), Lengths.byMap())
                        .notes())
                .isEmpty();
        assertThatThrownBy(() -> LayoutPlan.of(image, "sda", 65 * MIB, 4096, Wishes.AS_IT_WAS.grow(), Lengths.byMap()))
                .isInstanceOf(ImageFailure.class)
                .hasMessageContaining("partition 1 begins where the partition table lies");
    }

    /** A boot partition, and behind it one of four times its length. */
    private static DiskImage booting(String behind) {
        byte[] sector = new byte[512];
        ByteBuffer record = ByteBuffer.wrap(sector).order(ByteOrder.LITTLE_ENDIAN);
        record.put(446 + 4, (byte) 0x83).putInt(446 + 8, 2048).putInt(446 + 12, 16 * 2048);
        record.put(462 + 4, (byte) 0x83).putInt(462 + 8, 17 * 2048).putInt(462 + 12, 64 * 2048);
        record.putShort(510, (short) 0xAA55);
        return new DiskImage(
                100 * MIB,
                512,
                new TableSectors(TableSectors.Kind.MBR, List.of(new TableSectors.Run(0, Bytes.of(sector)))),
                List.of(empty(1, 1, 16, "ext4"), empty(2, 17, 64, behind)));
    }

    /** As Windows installs with BitLocker, whose metadata name places. */
    @Test
    void aBootPartitionDoesNotGrowInPlaceOfALargerOneBehindItThatCannot() throws ImageFailure {
        DiskImage image = booting("bitlocker");
        DiskLayout usual = LayoutPlan.of(image, "sda", 200 * MIB, 512, Wishes.USUAL.grow(), Lengths.byMap());
        assertThat(usual.words()).noneMatch(words -> words.startsWith("partition"));
        DiskLayout asked = LayoutPlan.of(image, "sda", 200 * MIB, 512, new Wishes.Grow(1), Lengths.byMap());
        assertThat(asked.words()).anyMatch(words -> words.startsWith("partition 1 (ext4) grows"));
    }

    /** A Windows that hibernates or was not shut down, beside its recovery partition. */
    @Test
    void norInPlaceOfALargerOneThatWasCapturedRawOrNotAtAll() throws ImageFailure {
        DiskImage image = booting("ntfs");
        Content raw = new Content.Blocks(Content.Method.RAW, Extents.NONE, new ChunkTable.Builder(0).build());
        Region hibernated = new Region(2, 17 * MIB, 64 * MIB, "ntfs", raw);
        for (List<Region> behind : List.of(List.of(hibernated), List.<Region>of())) {
            List<Region> regions = new ArrayList<>(image.regions().subList(0, 1));
            regions.addAll(behind);
            DiskImage other = new DiskImage(image.size(), 512, image.table(), regions);
            DiskLayout usual = LayoutPlan.of(other, "sda", 200 * MIB, 512, Wishes.USUAL.grow(), Lengths.byMap());
            assertThat(usual.words())
                    .noneMatch(words -> words.startsWith("partition"))
                    .anyMatch(words -> words.startsWith("the space that the disk has more stays free: partition 2"))
                    .anyMatch(words -> words.endsWith("than partition 1 (ext4), which takes it with grow=1"));
            DiskLayout equal = LayoutPlan.of(other, "sda", 100 * MIB, 512, Wishes.USUAL.grow(), Lengths.byMap());
            assertThat(equal.words()).noneMatch(words -> words.contains("stays free:"));
            DiskLayout asked = LayoutPlan.of(other, "sda", 200 * MIB, 512, new Wishes.Grow(1), Lengths.byMap());
            assertThat(asked.words()).anyMatch(words -> words.startsWith("partition 1 (ext4) grows"));
        }
    }

    /** As Fedora and Ubuntu install with disk encryption: the header of LUKS names no length. */
    @Test
    void anEncryptedPartitionGrowsThoughNobodyHasItsKey() throws ImageFailure {
        DiskLayout usual = LayoutPlan.of(booting("luks"), "sda", 200 * MIB, 512, Wishes.USUAL.grow(), Lengths.byMap());
        assertThat(usual.words())
                .anyMatch(words -> words.startsWith("partition 2 (luks) grows from 64 MiB to 164 MiB"))
                .noneMatch(words -> words.startsWith("partition 1"));
    }

    /** Its second partition is of {@code type}, and captured as it is. */
    private static DiskImage bound(int type, boolean first) {
        DiskImage image = booting("");
        byte[] sector = image.table().runs().getFirst().octets().toArray();
        sector[(first ? 446 : 462) + 4] = (byte) type;
        ChunkTable.Builder chunks = new ChunkTable.Builder(1);
        chunks.set(0, ChunkId.of(new byte[] {1}, 0, 1));
        Content raw = new Content.Blocks(Content.Method.RAW, Extents.of(0, 4096), chunks.build());
        List<Region> regions = first
                ? List.of(new Region(1, MIB, 16 * MIB, "", raw), empty(2, 17, 64, "ext4"))
                : List.of(empty(1, 1, 16, "ext4"), new Region(2, 17 * MIB, 64 * MIB, "", raw));
        return new DiskImage(
                100 * MIB,
                512,
                new TableSectors(TableSectors.Kind.MBR, List.of(new TableSectors.Run(0, Bytes.of(sector)))),
                regions);
    }

    /** A rule names it for all PCs of a room, and in this version it is hibernated, say. */
    @Test
    void onADiskLikeTheImagesNobodyIsRefusedWhoCouldNotGrow() throws ImageFailure {
        for (long size : List.of(100 * MIB, 100 * MIB + 4096)) {
            DiskLayout layout =
                    LayoutPlan.of(bound(0xA6, false), "sda", size, 512, new Wishes.Grow(1), Lengths.byMap());
            assertThat(layout.words()).last().asString().startsWith("the image fits sda");
        }
    }

    /** A dynamic disk of Windows (LDM), OpenBSD and NetBSD: what is in them says where on the disk it lies. */
    @ParameterizedTest
    @ValueSource(ints = {0x42, 0xA6, 0xA9})
    void whatCountsFromTheDisksStartDoesNotMove(int type) throws ImageFailure {
        DiskImage behind = bound(type, false);
        DiskLayout usual = LayoutPlan.of(behind, "sda", 200 * MIB, 512, Wishes.USUAL.grow(), Lengths.byMap());
        assertThat(usual.words()).noneMatch(words -> words.startsWith("partition"));
        assertThatThrownBy(() -> LayoutPlan.of(behind, "sda", 200 * MIB, 512, new Wishes.Grow(1), Lengths.byMap()))
                .isInstanceOf(ImageFailure.class)
                .hasMessageContaining("Partition 1 cannot grow on sda")
                .hasMessageContaining("partition 2 behind it counts from the disk's start");
        assertThatThrownBy(() -> LayoutPlan.of(behind, "sda", 76 * MIB, 512, Wishes.USUAL.grow(), Lengths.byMap()))
                .isInstanceOf(ImageFailure.class)
                .hasMessageContaining("The image does not fit sda");
        DiskLayout before =
                LayoutPlan.of(bound(type, true), "sda", 200 * MIB, 512, Wishes.USUAL.grow(), Lengths.byMap());
        assertThat(before.words()).anyMatch(words -> words.startsWith("partition 2 (ext4) grows"));
    }

    /** ChromeOS, Flatcar, and an image whose hashes have a partition of their own: at another length it would not start. */
    @ParameterizedTest
    @CsvSource({
        "3cb8e202-3b7e-47dd-8a3c-7ff2a13cfcec, 8300",
        "5dfbf5f4-2848-4bac-aa5e-0d9a20b745a6, 8300",
        "4f68bce3-e8cd-4db1-96e7-fbcaf984b709, 2c7357ed-ebd2-46d9-aec1-23d437ec2bf5",
        "b0e01050-ee5f-4390-949a-9101b17104e9, 6e11a4e7-fbca-4ded-b9e9-e1a512bb664e"
    })
    void whatASystemKnowsByItsHashKeepsItsLength(String type, String other) throws IOException {
        DiskImage image = verified(type, other);
        DiskLayout larger = LayoutPlan.of(image, "sda", 240 * MIB, 512, Wishes.USUAL.grow(), Lengths.byMap());
        assertThat(larger.words())
                .anyMatch(words -> words.startsWith("partition 3 (ext4) grows from 40 MiB to 140 MiB"))
                .noneMatch(words -> words.startsWith("partition 1"));
        DiskLayout smaller = LayoutPlan.of(image, "sda", 116 * MIB, 512, Wishes.USUAL.grow(), Lengths.byMap());
        assertThat(smaller.words())
                .anyMatch(words -> words.startsWith("partition 3 (ext4) shrinks"))
                .noneMatch(words -> words.startsWith("partition 1"));
        assertThatThrownBy(() -> LayoutPlan.of(image, "sda", 80 * MIB, 512, Wishes.USUAL.grow(), Lengths.byMap()))
                .isInstanceOf(ImageFailure.class)
                .hasMessageContaining("partition 1 (ext4) of 80 MiB cannot be made smaller");
        assertThatThrownBy(() -> LayoutPlan.of(image, "sda", 240 * MIB, 512, new Wishes.Grow(1), Lengths.byMap()))
                .isInstanceOf(ImageFailure.class)
                .hasMessageContaining("Partition 1 cannot grow on sda")
                .hasMessageContaining("by a hash of all of it");
    }

    @Test
    void aRootPartitionWithoutHashesGrowsAndShrinks() throws IOException {
        DiskImage image = verified("4f68bce3-e8cd-4db1-96e7-fbcaf984b709", "77ff5f63-e7b6-4633-acf4-1565b864c0e6");
        assertThat(LayoutPlan.of(image, "sda", 240 * MIB, 512, Wishes.USUAL.grow(), Lengths.byMap())
                        .words())
                .anyMatch(words -> words.startsWith("partition 1 (ext4) grows"));
        assertThat(LayoutPlan.of(image, "sda", 80 * MIB, 512, Wishes.USUAL.grow(), Lengths.byMap())
                        .words())
                .anyMatch(words -> words.startsWith("partition 1 (ext4) shrinks"));
    }

    /** Its first partition, of {@code type}, is the largest; the second, of {@code other}, has what nobody knows. */
    private DiskImage verified(String type, String other) throws IOException {
        Path file = folder.resolve("disk");
        Tool made = Tool.run(List.of(
                "bash",
                "-ec",
                "truncate -s 140M %1$s; sgdisk -n 1:0:+80M -t 1:%2$s -n 2:0:+10M -t 2:%3$s -n 3:0:+40M %1$s"
                        .formatted(file, type, other)));
        assertThat(made.succeeded()).as(made.output()).isTrue();
        try (Disk disk = DiskFile.open(file, 512, Access.READ)) {
            return new DiskImage(
                    140 * MIB,
                    512,
                    PartitionTable.read(disk).sectors(),
                    List.of(empty(1, 1, 80, "ext4"), empty(2, 81, 10, ""), empty(3, 91, 40, "ext4")));
        }
    }

    @Test
    void theDatabaseAtADynamicDisksEndIsNotCutOff() throws ImageFailure {
        DiskImage dynamic = bound(0x42, false);
        assertThatThrownBy(() -> LayoutPlan.of(dynamic, "sda", 99 * MIB, 512, Wishes.USUAL.grow(), Lengths.byMap()))
                .isInstanceOf(ImageFailure.class)
                .hasMessageContaining("database");
        LayoutPlan.of(bound(0xA6, false), "sda", 99 * MIB, 512, Wishes.USUAL.grow(), Lengths.byMap());
    }

    /** It may be the whole content of an extended partition that nobody knows, and who is told afterwards has lost what the disk had. */
    @Test
    void whatDoesNotFitBehindTheLastPartitionIsSaidBeforehand() throws ImageFailure {
        ChunkTable.Builder chunks = new ChunkTable.Builder(1);
        chunks.set(0, ChunkId.of(new byte[] {1}, 0, 1));
        Content last = new Content.Blocks(Content.Method.RAW, Extents.of(18 * MIB, 18 * MIB + 4096), chunks.build());
        DiskImage image = booting("ext4");
        List<Region> regions = new ArrayList<>(image.regions());
        regions.add(new Region(0, 81 * MIB, 19 * MIB, "", last));
        DiskImage with = new DiskImage(image.size(), 512, image.table(), regions);
        for (long size : List.of(90 * MIB, 81 * MIB, 70 * MIB)) {
            DiskLayout layout = LayoutPlan.of(with, "sda", size, 512, Wishes.USUAL.grow(), Lengths.byMap());
            assertThat(layout.words()).as("%d", size).anyMatch(words -> words.contains("does not fit sda"));
            assertThat(layout.notes()).singleElement().asString().contains("did not fit sda");
        }
        DiskLayout whole = LayoutPlan.of(with, "sda", 100 * MIB, 512, Wishes.USUAL.grow(), Lengths.byMap());
        assertThat(whole.words()).noneMatch(words -> words.contains("does not fit"));
        assertThat(whole.notes()).isEmpty();
    }

    @Test
    void aFileSystemThatOnlyALaterVersionKnowsKeepsItsLengthAndItsWord() throws ImageFailure {
        DiskImage image = booting("later");
        DiskLayout usual = LayoutPlan.of(image, "sda", 200 * MIB, 512, Wishes.USUAL.grow(), Lengths.byMap());
        assertThat(usual.words()).anyMatch(words -> words.startsWith("partition 1 (ext4) grows"));
        assertThat(usual.words()).anyMatch(words -> words.startsWith("partition 2 (later) moves"));
        assertThatThrownBy(() -> LayoutPlan.of(image, "sda", 200 * MIB, 512, new Wishes.Grow(2), Lengths.byMap()))
                .isInstanceOf(ImageFailure.class)
                .hasMessageContaining("Partition 2 cannot grow on sda")
                .hasMessageContaining("no tool here enlarges");
    }

    @Test
    void whatAnMbrDoesNotReachIsTold() throws ImageFailure {
        DiskLayout layout =
                LayoutPlan.of(booting("ext4"), "sda", (4L << 20) * MIB, 512, Wishes.USUAL.grow(), Lengths.byMap());
        assertThat(layout.words()).anyMatch(words -> words.contains("an MBR reaches 2 TiB"));
        assertThat(LayoutPlan.of(booting("ext4"), "sda", 200 * MIB, 512, Wishes.USUAL.grow(), Lengths.byMap())
                        .words())
                .noneMatch(words -> words.contains("an MBR reaches"));
    }

    private static Region empty(int number, long start, long length, String fileSystem) {
        Content nothing =
                new Content.Blocks(Content.Method.USED_BLOCKS, Extents.NONE, new ChunkTable.Builder(0).build());
        return new Region(number, start * MIB, length * MIB, fileSystem, nothing);
    }

    @Test
    void wishesAreReadFromOptionsAndWrongOnesNamed() {
        assertThat(Wishes.of(Map.of())).isEqualTo(Wishes.USUAL);
        Wishes wishes = Wishes.of(Map.of("partitions", "3, 2", "grow", "none"));
        assertThat(wishes.only()).containsExactlyInAnyOrder(2, 3);
        assertThat(wishes.grow().partition()).isEqualTo(Wishes.Grow.NOBODY);
        assertThat(Wishes.of(wishes.options())).isEqualTo(wishes);
        assertThat(wishes.options()).isEqualTo(Map.of("partitions", "2,3", "grow", "none"));
        assertThatThrownBy(() -> Wishes.of(Map.of("grow", "all")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("grow")
                .hasMessageContaining("'all'");
    }
}
