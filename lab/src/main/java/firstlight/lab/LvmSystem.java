package firstlight.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A disk whose system is on LVM, as Ubuntu Server, RHEL, Proxmox and Debian's installer leave it: behind a boot partition a physical volume with a hole, a root
 * volume, swap, and free extents. GRUB for UEFI reads the kernel from the boot partition, GRUB for BIOS from the root volume. LVM's tools write
 * the metadata without a device mapper; that the kernel makes devices of them is seen in a PC.
 */
final class LvmSystem {
    static final String ROOT_UUID = "f1857119-0000-4000-8000-000000000002";

    private static final String BOOT_UUID = "f1857119-0000-4000-8000-000000000003";
    private static final String ROOT = "/dev/mapper/" + DataDisk.GROUP + "-root";
    private static final String SWAP = "/dev/mapper/" + DataDisk.GROUP + "-swap";

    /** For the initramfs: a system that was hibernated would be there. */
    static final String RESUME = "RESUME=" + SWAP;

    private static final String LINUX = "0FC63DAF-8483-4772-8E79-3D69D8477DE4";
    private static final String LVM = "E6D6D379-F507-44C2-A23C-238F2A3DF928";

    private static final int BOOT_MIB = 42;
    private static final int BOOT_SIZE_MIB = 80;
    private static final int PHYSICAL_MIB = BOOT_MIB + BOOT_SIZE_MIB;
    private static final int PHYSICAL_SIZE_MIB = 660;
    private static final int PARTITIONS = 4;

    /** In extents, as the others. */
    private static final int HOLE = 8;

    private static final int ROOT_EXTENTS = 120;
    private static final int SWAP_EXTENTS = 16;

    private static final Pattern SIZE = Pattern.compile("Block count: +(\\d+)\n(?s:.*)Block size: +(\\d+)");

    private final Path work;
    private final Path tree;

    private LvmSystem(Path work, Path tree) {
        this.work = work;
        this.tree = tree;
    }

    /** Makes the disk's file, in {@code work}, of a Debian that has lvm2. */
    static Path build(Path work, Path tree) throws IOException {
        return new LvmSystem(work, tree).build();
    }

    private Path build() throws IOException {
        configure();
        Path disk = work.resolve("disk.raw");
        Shell.run("truncate", "-s", DiskLayout.DISK_MIB + "M", disk.toString());
        Path script = Files.writeString(work.resolve("sfdisk"), table());
        Shell.run("sh", "-c", "sfdisk -q '" + disk + "' < '" + script + "'");
        PartitionFile.place(physical(), disk, PHYSICAL_MIB);
        PartitionFile.place(boot(), disk, BOOT_MIB);
        SystemDisk.bootLoaders(
                disk,
                work,
                Map.of(
                        "i386-pc", SystemDisk.early(ROOT_UUID, "/boot/grub"),
                        "x86_64-efi", SystemDisk.early(BOOT_UUID, "/grub")),
                " lvm");
        return disk;
    }

    private static String table() {
        String row = "start=%dMiB, size=%dMiB, type=%s\n";
        return "label: gpt\n"
                + row.formatted(
                        DiskLayout.BIOS_BOOT.startMib(), DiskLayout.BIOS_BOOT.sizeMib(), DiskLayout.BIOS_BOOT.type())
                + row.formatted(DiskLayout.ESP.startMib(), DiskLayout.ESP.sizeMib(), DiskLayout.ESP.type())
                + row.formatted(BOOT_MIB, BOOT_SIZE_MIB, LINUX)
                + row.formatted(PHYSICAL_MIB, PHYSICAL_SIZE_MIB, LVM);
    }

    private void configure() throws IOException {
        Files.writeString(tree.resolve("etc/fstab"), """
                %s / ext4 errors=remount-ro 0 1
                UUID=%s /boot ext4 defaults 0 2
                %s none swap sw 0 0
                """.formatted(ROOT, BOOT_UUID, SWAP));
        String grub = """
                set timeout=0
                serial --unit=0 --speed=115200
                linux /vmlinuz root=%s ro quiet %s console=tty0 console=ttyS0,115200
                initrd /initrd.img
                boot
                """.formatted(ROOT, SystemDisk.EMULATED);
        Files.createDirectories(tree.resolve("boot/grub"));
        Files.writeString(tree.resolve("boot/grub/grub.cfg"), grub);
        Files.createDirectories(work.resolve("boot/grub"));
        Files.writeString(work.resolve("boot/grub/grub.cfg"), grub);
        report();
    }

    /** What the system itself says of its volumes, before its login shows. */
    private void report() throws IOException {
        Path script = tree.resolve("usr/local/sbin/report");
        Files.writeString(script, """
                #!/bin/sh
                root=$(findmnt -no SOURCE /)
                size=$(lvs --noheadings --units m -o lv_size "$root" | tr -d ' ')
                swap=$(swapon --noheadings --show=NAME)
                failed=$(systemctl --failed --no-legend | wc -l)
                echo "lab: $root $size on /, swap $swap, $failed failed" > /dev/console
                """);
        Shell.run("chmod", "755", script.toString());
        Path system = tree.resolve("etc/systemd/system");
        Files.writeString(system.resolve("report.service"), """
                [Unit]
                After=local-fs.target swap.target
                Before=serial-getty@ttyS0.service
                [Service]
                Type=oneshot
                ExecStart=/usr/local/sbin/report
                """);
        Path wants = Files.createDirectories(system.resolve("multi-user.target.wants"));
        Files.createSymbolicLink(wants.resolve("report.service"), Path.of("../report.service"));
    }

    /** What {@link #report} says: {@code lab: /dev/mapper/labdata-root 780.00m on /, swap /dev/dm-1, 0 failed}. */
    static String reportOf(boolean larger) {
        return "lab: " + ROOT + (larger ? " [5-9]" : " [23]") + "\\d\\d\\.00m on /, swap /dev/\\S+, 0 failed";
    }

    private Path boot() throws IOException {
        Path boot = work.resolve("boot");
        // By their names at the tree's top, which are links.
        for (String name : new String[] {"vmlinuz", "initrd.img"}) {
            Shell.run(
                    "cp",
                    "-L",
                    tree.resolve(name).toString(),
                    boot.resolve(name).toString());
        }
        return PartitionFile.made(
                work.resolve("boot.part"),
                BOOT_SIZE_MIB,
                "mke2fs",
                "-q",
                "-t",
                "ext4",
                "-U",
                BOOT_UUID,
                "-d",
                boot.toString());
    }

    private Path physical() {
        int mib = ROOT_EXTENTS * Lvm.EXTENT_MIB;
        Path root = PartitionFile.made(
                work.resolve("root.part"), mib, "mke2fs", "-q", "-t", "ext4", "-U", ROOT_UUID, "-d", tree.toString());
        Path swap = PartitionFile.made(work.resolve("swap.part"), SWAP_EXTENTS * Lvm.EXTENT_MIB, "mkswap");
        return Lvm.filled(
                work,
                PHYSICAL_SIZE_MIB,
                HOLE,
                new Lvm.Filled("root", ROOT_EXTENTS, root),
                new Lvm.Filled("swap", SWAP_EXTENTS, swap));
    }

    /**
     * Holds the root volume of {@code restored}, whose system has run since, against that of {@code source}: sound, as long as its
     * volume, and the files below {@code usr}, which a running system leaves alone, the same. Returns what was compared, for people.
     */
    static String compare(Path source, Path restored, Path work) {
        Path folder = Stage.freshFolder(work);
        Path before =
                LvmDisk.volumes(source, PARTITIONS, folder.resolve("before")).resolve("root");
        Path now = LvmDisk.volumes(restored, PARTITIONS, folder.resolve("now")).resolve("root");
        DiskCheck.checkExt4(now);
        Matcher size = SIZE.matcher(Shell.run("dumpe2fs", "-h", now.toString()));
        long length = now.toFile().length();
        if (!size.find() || Long.parseLong(size.group(1)) * Long.parseLong(size.group(2)) != length) {
            throw new LabFailure("the root file system is not as long as its volume, which has " + length + " octets");
        }
        TreeComparison.Outcome outcome =
                new TreeComparison(usr(before, folder.resolve("a")), usr(now, folder.resolve("b"))).look();
        if (!outcome.differences().isEmpty()) {
            throw new LabFailure("files below usr differ: " + outcome.differences());
        }
        return "root volume of " + (length >> 20) + " MiB by vgck and e2fsck, " + outcome.entries()
                + " files and folders below usr one by one";
    }

    private static Path usr(Path ext4, Path to) {
        Path folder = Stage.freshFolder(to);
        Shell.run("debugfs", "-R", "rdump /usr " + folder, ext4.toString());
        return folder;
    }
}
