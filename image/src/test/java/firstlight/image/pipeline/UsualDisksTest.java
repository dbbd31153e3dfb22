package firstlight.image.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.Disk;
import firstlight.image.Progress;
import firstlight.image.disk.Access;
import firstlight.image.disk.BlockDevice;
import firstlight.image.disk.LoopDevice;
import firstlight.image.manifest.Manifest;
import firstlight.image.resize.Wishes;
import firstlight.image.restore.Restore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Disks as people have them, onto one as large, a larger and a smaller one: one partition alone gets another length, and all else is as it was. */
class UsualDisksTest extends OnLoopDevices {
    private static final Pattern PART = Pattern.compile("(\\d+) : start= *(\\d+), size= *(\\d+)");

    /** Each is filled by a script, with the disk's node for the percent sign; the one that gets another length gets its files later. */
    enum Layout {
        /** Of Debian and Ubuntu: the system has the first number, and lies behind all others. */
        CLOUD_IMAGE(1, "", "e2fsck -f -n", """
                label: gpt
                14 : start=2048, size=6144, type=21686148-6449-6E6F-744E-656564454649
                15 : start=8192, size=40960, type=uefi
                16 : start=49152, size=40960, type=BC13C2FF-59E6-4262-A352-B275FD6F7172
                1 : start=90112, type=4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709, name="rootfs", attrs="GUID:59"
                """, """
                head -c 3M /dev/urandom > %p14; mkfs.vfat -n UEFI %p15; mcopy -i %p15 /etc/services ::/
                mkfs.ext4 -q -L BOOT -d /etc/default %p16; mkfs.ext4 -q -L cloudimg-rootfs %p1
                """),
        /** As its own installer makes it: the recovery partition follows the one that grows, and must not be taken for it. */
        WINDOWS(3, "-t ntfs-3g", "ntfsfix -n", """
                label: gpt
                start=2048, size=81920, type=uefi, name="EFI system partition", attrs="GUID:63"
                size=32768, type=E3C9E316-0B5C-4DB8-817D-F92DF00215AE, name="Microsoft reserved partition", attrs="GUID:63"
                size=331776, type=EBD0A0A2-B9E5-4433-87C0-68B6B72699C7, name="Basic data partition"
                size=40960, type=DE94BBA4-06D1-4D40-A16A-BFD50179D6AC, attrs="RequiredPartition GUID:63"
                """, """
                mkfs.vfat -F 32 -s 1 -n SYSTEM %p1; mcopy -i %p1 /etc/services ::/
                mkntfs -q -Q -L Windows -p 116736 -H 255 -S 63 %p3; mkntfs -q -Q -L WinRE -p 448512 -H 255 -S 63 %p4
                """),
        /** A card: the kernel's command line and fstab name partitions by the disk's signature. */
        RASPBERRY_PI(
                2,
                "",
                "e2fsck -f -n",
                """
                label: dos
                label-id: 0x4f2b8c1d
                start=8192, size=81920, type=c
                start=90112, type=83
                """,
                "mkfs.vfat -F 32 -s 1 -n bootfs %p1; mcopy -i %p1 /etc/services ::/; mkfs.ext4 -q -L rootfs %p2"),
        /**
         * Numbers in another order than places, partitions of one sector, priorities of kernels in the attributes, and hashes behind a
         * file system that is shorter than its partition.
         */
        CHROMEOS(1, "", "e2fsck -f -n", """
                label: gpt
                first-lba: 34
                11 : start=64, size=1984, type=CAB6E88E-ABF3-4102-A07A-D4BB9BE3C1D3, name="RWFW"
                6 : start=2048, size=1, type=FE3A2A5D-4F32-41A7-B725-ACCC3285A309, name="KERN-C", attrs="GUID:52,53,54,55"
                7 : start=2049, size=1, type=3CB8E202-3B7E-47DD-8A3C-7FF2A13CFCEC, name="ROOT-C"
                9 : start=2050, size=1, type=2E0A753D-9E48-43B0-8337-B15192CB1B5E, name="reserved"
                10 : start=2051, size=1, type=2E0A753D-9E48-43B0-8337-B15192CB1B5E, name="reserved"
                2 : start=4096, size=8192, type=FE3A2A5D-4F32-41A7-B725-ACCC3285A309, name="KERN-A", attrs="GUID:49,56"
                4 : start=12288, size=8192, type=FE3A2A5D-4F32-41A7-B725-ACCC3285A309, name="KERN-B", attrs="GUID:48,52,53"
                8 : start=20480, size=8192, type=linux, name="OEM"
                12 : start=28672, size=20480, type=uefi, name="EFI-SYSTEM", attrs="LegacyBIOSBootable"
                5 : start=49152, size=49152, type=3CB8E202-3B7E-47DD-8A3C-7FF2A13CFCEC, name="ROOT-B"
                3 : start=98304, size=49152, type=3CB8E202-3B7E-47DD-8A3C-7FF2A13CFCEC, name="ROOT-A"
                1 : start=147456, type=linux, name="STATE"
                """, """
                for number in 2 4 6 7 9 10 11; do dd if=/dev/urandom of=%p$number bs=64K 2>/dev/null || true; done
                mkfs.vfat -n EFI-SYSTEM %p12; mkfs.ext4 -q -d /etc/default -L OEM %p8
                for number in 3 5; do
                    mkfs.ext2 -q -b 4096 -d /etc/default -L ROOT %p$number 20M
                    dd if=/dev/urandom of=%p$number bs=1M seek=20 count=1 status=none
                done
                mkfs.ext4 -q -L STATE %p1
                """);

        final int elastic;
        final String mount;
        final String check;
        final String table;
        final String make;

        Layout(int elastic, String mount, String check, String table, String make) {
            this.elastic = elastic;
            this.mount = mount;
            this.check = check;
            this.table = table;
            this.make = make;
        }

        /** Returns what can be told of its files. */
        String fill(Path disk) throws IOException {
            String[] tree = {""};
            Shell.run("head -c 440 /dev/urandom | dd of='%s' conv=notrunc status=none".formatted(disk));
            Lab.attached(disk, 512, node -> {
                Shell.run("""
                        sfdisk -q %1$s <<'END'
                        %2$sEND
                        partx -d %1$s 2>/dev/null || true; partx -a %1$s
                        """.formatted(node, table) + make.replace("%", node.toString()));
                Lab.mounted(mount, node + "p" + elastic, Tree::plant);
                Lab.mounted(mount + " -o ro", node + "p" + elastic, root -> tree[0] = Tree.describe(root));
            });
            return tree[0];
        }
    }

    /** Tells where partitions are, in sectors, by number. */
    private static Map<Integer, long[]> places(String dump) {
        Map<Integer, long[]> places = new TreeMap<>();
        for (MatchResult each : PART.matcher(dump).results().toList()) {
            places.put(
                    Integer.valueOf(each.group(1)),
                    new long[] {Long.parseLong(each.group(2)), Long.parseLong(each.group(3))});
        }
        return places;
    }

    /** Takes out places, and what follows from the disk's own length and name. */
    private static String named(String dump, Path disk) {
        return PART.matcher(dump.replace(disk.toString(), "DISK"))
                .replaceAll("$1")
                .replaceAll("last-lba: .*\n", "");
    }

    private static String dump(Path disk) throws IOException {
        return Shell.run("sfdisk -d '%s'".formatted(disk));
    }

    @ParameterizedTest
    @EnumSource
    void onePartitionGetsAnotherLengthAndAllElseIsAsItWas(Layout layout) throws IOException {
        Path source = lab.disk("source", "240M");
        String tree = layout.fill(source);
        String before = Lab.sha256(source);
        Manifest manifest = Lab.image(source, 512, store);
        assertThat(Lab.sha256(source)).as("the source after capture").isEqualTo(before);
        assertThat(manifest.notes()).isEmpty();
        for (int mebibytes : List.of(240, 320, 180)) {
            Path target = lab.disk("target", mebibytes + "M");
            List<String> said = new ArrayList<>();
            try (LoopDevice loop = LoopDevice.attach(target, 512, Access.READ_WRITE);
                    Disk disk = BlockDevice.open(loop.node(), Access.READ_WRITE)) {
                assertThat(new Restore(store.source(), Lab.THREADS)
                                .restore(manifest, List.of(disk), Wishes.USUAL, Progress.SILENT, said::add)
                                .notes())
                        .isEmpty();
            }
            isAsItWas(layout, source, target, (mebibytes - 240) * 2048L);
            Lab.attached(target, 512, node -> {
                Shell.run("%s %sp%d".formatted(layout.check, node, layout.elastic));
                Lab.mounted(
                        layout.mount + " -o ro",
                        node + "p" + layout.elastic,
                        root -> assertThat(Tree.describe(root)).isEqualTo(tree));
            });
        }
    }

    /** @param more sectors of the target than of the source */
    private static void isAsItWas(Layout layout, Path source, Path target, long more) throws IOException {
        String dump = dump(source);
        assertThat(named(dump(target), target)).isEqualTo(named(dump, source));
        Shell.run("cmp -n 446 '%s' '%s'".formatted(source, target));
        Map<Integer, long[]> were = places(dump);
        Map<Integer, long[]> are = places(dump(target));
        long elastic = Objects.requireNonNull(were.get(layout.elastic))[0];
        for (Map.Entry<Integer, long[]> each : were.entrySet()) {
            long[] was = each.getValue();
            long[] is = Objects.requireNonNull(are.get(each.getKey()));
            long less = more < 0 && was[0] >= elastic
                    ? 4096
                    : 0; // whole MiB are taken, and the disk's free end may be of use
            assertThat(is[0])
                    .as("start of " + each.getKey())
                    .isBetween(was[0] + (was[0] > elastic ? more : 0), was[0] + (was[0] > elastic ? more + less : 0));
            if (each.getKey() == layout.elastic) {
                assertThat(is[1]).isBetween(was[1] + more - less, was[1] + more + less);
                continue;
            }
            assertThat(is[1]).as("length of " + each.getKey()).isEqualTo(was[1]);
            // A boot sector of NTFS, and its copy at the end, say where the partition begins.
            long boot = is[0] == was[0] ? 0 : 512;
            Shell.run("cmp -i %d:%d -n %d '%s' '%s'"
                    .formatted(was[0] * 512 + boot, is[0] * 512 + boot, was[1] * 512 - 2 * boot, source, target));
        }
    }
}
