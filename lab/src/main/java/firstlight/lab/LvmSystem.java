package firstlight.lab;

import firstlight.image.Amount;
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
 *
 * <p>Encrypted, the physical volume is in LUKS, as Debian's and Ubuntu's installers make it; GRUB reads the boot partition then under both
 * firmwares, and the system asks for {@link Luks#PASSPHRASE}.
 */
final class LvmSystem {
    static final String ROOT_UUID = "f1857119-0000-4000-8000-000000000002";

    private static final String BOOT_UUID = "f1857119-0000-4000-8000-000000000003";
    private static final String ROOT = "/dev/mapper/" + DataDisk.GROUP + "-root";
    private static final String SWAP = "/dev/mapper/" + DataDisk.GROUP + "-swap";

    /** For the initramfs: a system that was hibernated would be there. */
    static final String RESUME = "RESUME=" + SWAP;

    private static final String LUKS_UUID = "f1857119-0000-4000-8000-000000000004";

    private static final String CRYPTTAB = "labcrypt UUID=" + LUKS_UUID + " none luks";

    /**
     * Shell's words. The initramfs opens what its own {@code crypttab} names; cryptsetup's hook writes only devices into it that are open
     * where the initramfs is made.
     */
    static final String OPENED_BY_INITRAMFS = """
            cd "$1" && echo '%1$s' > etc/crypttab && echo CRYPTSETUP=y > etc/cryptsetup-initramfs/conf-hook &&
            printf 'dm_crypt\\nxts\\nalgif_skcipher\\n' >> etc/initramfs-tools/modules &&
            printf '%%s\\n' '#!/bin/sh' '[ "$1" = prereqs ] || echo "%1$s" > "$DESTDIR/cryptroot/crypttab"' \
                > etc/initramfs-tools/hooks/zz-lab && chmod 755 etc/initramfs-tools/hooks/zz-lab &&
            chroot . update-initramfs -u -k all""".formatted(CRYPTTAB);

    private static final String LINUX = "0FC63DAF-8483-4772-8E79-3D69D8477DE4";
    private static final String LVM = "E6D6D379-F507-44C2-A23C-238F2A3DF928";

    private static final int BOOT_MIB = 42;
    private static final int BOOT_SIZE_MIB = 80;
    private static final int PHYSICAL_MIB = BOOT_MIB + BOOT_SIZE_MIB;
    private static final int PHYSICAL_SIZE_MIB = 660;
    /** BIOS boot, ESP, boot, and the physical volume, which is the last. */
    private static final int PARTITIONS = 4;

    /** Extents, as the others. Before the volumes: what a volume that was removed left, so that a smaller disk has them move. */
    private static final int HOLE = 8;

    private static final int ROOT_EXTENTS = 120;
    private static final int SWAP_EXTENTS = 16;

    private static final Pattern SIZE = Pattern.compile("Block count: +(\\d+)\n(?s:.*)Block size: +(\\d+)");

    private final Path work;
    private final Path tree;
    private final boolean encrypted;

    private LvmSystem(Path work, Path tree, boolean encrypted) {
        this.work = work;
        this.tree = tree;
        this.encrypted = encrypted;
    }

    /** Makes the disk's file, in {@code work}, of a Debian that has lvm2, and cryptsetup if it is to be encrypted. */
    static Path build(Path work, Path tree, boolean encrypted) throws IOException {
        return new LvmSystem(work, tree, encrypted).build();
    }

    private Path build() throws IOException {
        configure();
        Path disk = work.resolve("disk.raw");
        Shell.run("truncate", "-s", DiskLayout.DISK_MIB + "M", disk.toString());
        Path script = Files.writeString(work.resolve("sfdisk"), table());
        Shell.run("sh", "-c", "sfdisk -q '" + disk + "' < '" + script + "'");
        PartitionFile.place(physical(), disk, PHYSICAL_MIB);
        PartitionFile.place(boot(), disk, BOOT_MIB);
        String ofBoot = SystemDisk.early(BOOT_UUID, "/grub");
        String bios = encrypted ? ofBoot : SystemDisk.early(ROOT_UUID, "/boot/grub");
        SystemDisk.bootLoaders(disk, work, Map.of("i386-pc", bios, "x86_64-efi", ofBoot), " lvm");
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
        Path physical = Lvm.filled(
                work,
                encrypted ? PHYSICAL_SIZE_MIB - Luks.HEADER_MIB : PHYSICAL_SIZE_MIB,
                HOLE,
                new Lvm.Filled("root", ROOT_EXTENTS, root),
                new Lvm.Filled("swap", SWAP_EXTENTS, swap));
        if (encrypted) {
            Luks.encrypted(physical, work);
            Shell.run("cryptsetup", "luksUUID", "-q", "--uuid", LUKS_UUID, physical.toString());
        }
        return physical;
    }

    /**
     * Holds the root volume of {@code restored}, whose system has run since, against that of {@code source}: sound, as long as its
     * volume, and the files below {@code usr}, which a running system leaves alone, the same. Returns what was compared, for people.
     */
    static String compare(Path source, Path restored, boolean encrypted, Path work) {
        Path folder = Stage.freshFolder(work);
        Path before = root(source, encrypted, folder.resolve("before"));
        Path now = root(restored, encrypted, folder.resolve("now"));
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
        return "root volume of " + Amount.mib(length) + " by vgck and e2fsck, " + outcome.entries()
                + " files and folders below usr one by one";
    }

    private static Path root(Path disk, boolean encrypted, Path folder) {
        Path partition = TableRow.of(disk, PARTITIONS)
                .getLast()
                .copied(disk, Stage.freshFolder(folder).resolve("partition"));
        if (encrypted) {
            Luks.deciphered(partition, folder);
        }
        return LvmDisk.volumes(partition, folder).resolve("root");
    }

    private static Path usr(Path ext4, Path to) {
        Path folder = Stage.freshFolder(to);
        Shell.run("debugfs", "-R", "rdump /usr " + folder, ext4.toString());
        return folder;
    }
}
