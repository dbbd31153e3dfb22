package firstlight.lab;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A disk with a small, real Debian on it, built once from the host's own package sources and kept. It boots under BIOS and
 * UEFI; its serial console shows a login with the computer's name. PCs get overlays of it: the disk itself is never written.
 */
final class SystemDisk {
    /** The computer name on the built disk: what a restored PC must not show, since it has a name of its own. */
    static final String COMPUTER_NAME = "donor-pc";

    /** Part of the file's name: raise it when the recipe changes, and the disk is built anew. */
    private static final int RECIPE = 4;

    /**
     * For kernels in a PC that QEMU emulates: they time a few ticks early on, and give up the start ("IO-APIC + timer doesn't
     * work") when the host is too busy to deliver them.
     */
    static final String EMULATED = "no_timer_check";

    /** Fixed, so that GRUB, fstab and {@link BtrfsSystem} can name it. */
    private static final String ROOT_UUID = "f1857119-0000-4000-8000-000000000001";

    private static final String DISK_UUID = "F1857119-0000-4000-8000-00000000D15C";
    /** In the core itself: it reads no further module from the disk. */
    private static final String GRUB_MODULES =
            "part_gpt ext2 fat normal configfile linux search search_fs_uuid echo serial";
    /** Beside mmdebstrap's "essential". The cloud kernel has few drivers, and so a small initramfs. */
    private static final String PACKAGES = "usr-is-merged,linux-image-cloud-amd64,initramfs-tools,zstd,kmod,e2fsprogs,";

    /** What starts the system: the smaller one, or the one that most PCs have, with its own network settings. */
    private enum Init {
        SYSVINIT("sysvinit-core,sysv-rc,initscripts", ""),
        SYSTEMD("systemd-sysv", "-systemd"),
        /** The same with its root on LVM. */
        LVM("systemd-sysv,lvm2", "-lvm"),
        /** The same in LUKS. */
        LUKS("systemd-sysv,lvm2,cryptsetup-initramfs", "-luks"),
        /** The smaller one with its root on Btrfs. */
        BTRFS("sysvinit-core,sysv-rc,initscripts,btrfs-progs", "-btrfs");

        private final String packages;
        private final String name;

        Init(String packages, String name) {
            this.packages = packages;
            this.name = name;
        }
    }

    /** What a PC without people does without: some 100 MB that every capture would carry. */
    private static final List<String> LEFT_OUT = List.of(
            "/usr/share/man/*",
            "/usr/share/locale/*",
            "/usr/share/doc/*",
            "/usr/share/i18n/*",
            "/usr/share/zoneinfo/*",
            "/usr/lib/x86_64-linux-gnu/gconv/*",
            "/lib/modules/*/kernel/drivers/infiniband/*",
            "/lib/modules/*/kernel/drivers/scsi/*",
            "/lib/modules/*/kernel/drivers/md/*",
            "/lib/modules/*/kernel/drivers/comedi/*",
            "/lib/modules/*/kernel/net/*",
            "/lib/modules/*/kernel/fs/*");

    private static final Pattern ENTRY = Pattern.compile("(?im)^(deb|types:.*\\bdeb)(\\s|$)");
    private static final Pattern OFF = Pattern.compile("(?im)^enabled:\\s*no\\b");

    private final Path work;
    private final Path root;
    private final Init init;

    private SystemDisk(Path work, Init init) {
        this.work = work;
        this.init = init;
        this.root = work.resolve("root");
    }

    /** The disk's raw image in {@code cache}, built if it is not there yet; {@code tell} hears that it takes a while. */
    static Path in(Path cache, Consumer<String> tell) {
        return in(cache, Init.SYSVINIT, tell);
    }

    /** The same with systemd, whose systemd-networkd asks for an address by DHCP. */
    static Path withSystemd(Path cache, Consumer<String> tell) {
        return in(cache, Init.SYSTEMD, tell);
    }

    /** The {@link LvmSystem}. */
    static Path onLvm(Path cache, Consumer<String> tell) {
        return in(cache, Init.LVM, tell);
    }

    /** The {@link LvmSystem}, encrypted. */
    static Path inLuks(Path cache, Consumer<String> tell) {
        return in(cache, Init.LUKS, tell);
    }

    /** The {@link BtrfsSystem}. */
    static Path onBtrfs(Path cache, Consumer<String> tell) {
        return in(cache, Init.BTRFS, tell);
    }

    private static synchronized Path in(Path cache, Init init, Consumer<String> tell) {
        Path disk = cache.resolve("lab").resolve("system-" + RECIPE + init.name + ".raw");
        try {
            Files.createDirectories(disk.getParent());
            try (FileChannel channel = FileChannel.open(
                            cache.resolve("lab/system.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock lock = channel.lock()) {
                if (!lock.isValid() || Files.exists(disk)) {
                    return disk;
                }
                takeAwayUnfinished(cache.resolve("lab"));
                tell.accept("building a disk with a real Debian (first time only: about two minutes)");
                Path work = Files.createTempDirectory(disk.getParent(), "building-");
                try {
                    Path built = new SystemDisk(work, init).build();
                    Files.move(built, disk, StandardCopyOption.ATOMIC_MOVE);
                } finally {
                    Shell.attempt(List.of("rm", "-rf", "--one-file-system", work.toString()));
                }
                return disk;
            }
        } catch (IOException failure) {
            throw new LabFailure("cannot build the system disk " + disk + ": " + failure.getMessage(), failure);
        }
    }

    /** What builds that were cut off left in {@code lab}, up to 1.5 GB each; who calls holds the lock that all of them hold. */
    static void takeAwayUnfinished(Path lab) throws IOException {
        try (DirectoryStream<Path> left = Files.newDirectoryStream(lab, "building-*")) {
            for (Path work : left) {
                Shell.attempt(List.of("rm", "-rf", "--one-file-system", work.toString()));
            }
        }
    }

    private Path build() throws IOException {
        // Files of the tree belong to root in the image: the folder's own mode becomes the mode of "/".
        Shell.run("chmod", "755", work.toString());
        Shell.run(bootstrap());
        configure();
        if (onVolumes()) {
            return LvmSystem.build(work, root, init == Init.LUKS);
        }
        Path disk = work.resolve("disk.raw");
        Shell.run("truncate", "-s", DiskLayout.DISK_MIB + "M", disk.toString());
        Path script = Files.writeString(work.resolve("sfdisk"), DiskLayout.sfdiskScript(Optional.of(DISK_UUID)));
        Shell.run("sh", "-c", "sfdisk -q '" + disk + "' < '" + script + "'");

        place(rootPartition(), disk, DiskLayout.ROOT);
        place(partition(DiskLayout.SWAP, "mkswap"), disk, DiskLayout.SWAP);
        String dataStart = Long.toString(DiskLayout.DATA.startSector());
        place(
                partition(
                        DiskLayout.DATA,
                        "mkntfs",
                        "-q",
                        "-F",
                        "-Q",
                        "-L",
                        "DATA",
                        "-p",
                        dataStart,
                        "-s",
                        "512",
                        "-H",
                        "255",
                        "-S",
                        "63"),
                disk,
                DiskLayout.DATA);
        boolean btrfs = init == Init.BTRFS;
        String early = early(ROOT_UUID, folder() + "/boot/grub");
        bootLoaders(disk, work, Map.of("i386-pc", early, "x86_64-efi", early), btrfs ? " btrfs" : "");
        return disk;
    }

    private boolean onVolumes() {
        return init == Init.LVM || init == Init.LUKS;
    }

    /** Where GRUB finds the system's root in its file system: it begins at the top of a Btrfs, whatever is mounted of it. */
    private String folder() {
        return init == Init.BTRFS ? "/" + BtrfsSystem.ROOT : "";
    }

    private Path rootPartition() {
        return init == Init.BTRFS
                ? BtrfsSystem.make(
                        root, work.resolve(DiskLayout.ROOT.name()), DiskLayout.ROOT.sizeMib(), ROOT_UUID, work)
                : partition(DiskLayout.ROOT, "mke2fs", "-q", "-t", "ext4", "-U", ROOT_UUID, "-d", root.toString());
    }

    private List<String> bootstrap() {
        List<String> words = new ArrayList<>(
                List.of("mmdebstrap", "--variant=essential", "--mode=root", "--include=" + PACKAGES + init.packages));
        // Laid out merged from the start: converting a tree would take the whole of perl along.
        words.add("--hook-dir=/usr/share/mmdebstrap/hooks/maybe-merged-usr");
        words.add("--aptopt=APT::Install-Recommends \"false\"");
        LEFT_OUT.stream()
                // even virtio-net needs a module from there
                .filter(path -> init != Init.SYSTEMD || !path.contains("/kernel/net/"))
                .filter(path -> !onVolumes() || !path.contains("/kernel/drivers/md/"))
                .filter(path -> init != Init.BTRFS || !path.contains("/kernel/fs/"))
                .forEach(path -> words.add("--dpkgopt=path-exclude=" + path));
        // The initramfs holds what virtual PCs' disks need and no more: BIOS reads it slowly.
        words.add("--essential-hook=mkdir -p \"$1/etc/initramfs-tools/conf.d\"");
        words.add("--essential-hook=printf 'MODULES=list\\nCOMPRESS=zstd\\n' > \"$1/etc/initramfs-tools/conf.d/lab\"");
        words.add(
                "--essential-hook=printf 'virtio_pci\\nvirtio_blk\\nnvme\\next4\\n' > \"$1/etc/initramfs-tools/modules\"");
        if (onVolumes()) {
            words.add("--essential-hook=echo dm_mod >> \"$1/etc/initramfs-tools/modules\"");
            words.add("--essential-hook=echo " + LvmSystem.RESUME + " > \"$1/etc/initramfs-tools/conf.d/resume\"");
        }
        if (init == Init.LUKS) {
            words.add("--customize-hook=" + LvmSystem.OPENED_BY_INITRAMFS);
        }
        if (init == Init.BTRFS) {
            words.add("--essential-hook=echo btrfs >> \"$1/etc/initramfs-tools/modules\"");
        }
        words.addAll(AptNetwork.words());
        words.add(codename());
        words.add(root.toString());
        // The host's own package sources: whatever mirror this machine uses, the disk comes from there too.
        sources(Path.of("/etc/apt"), codename()).forEach(file -> words.add(file.toString()));
        return words;
    }

    /** The file of these two that has anything; else those of other names, such as a company's mirror, that have the release's main. */
    static List<Path> sources(Path apt, String release) {
        try {
            for (String usual : List.of("sources.list.d/debian.sources", "sources.list")) {
                if (!entries(apt.resolve(usual)).isEmpty()) {
                    return List.of(apt.resolve(usual));
                }
            }
            List<Path> others = new ArrayList<>();
            if (Files.isDirectory(apt.resolve("sources.list.d"))) {
                try (Stream<Path> all = Files.list(apt.resolve("sources.list.d"))) {
                    for (Path file : all.filter(each -> each.toString().matches(".*\\.(list|sources)"))
                            .sorted()
                            .toList()) {
                        if (entries(file).stream()
                                .map(entry -> List.of(entry.split("\\s+", -1)))
                                .anyMatch(entry -> entry.contains(release) && entry.contains("main"))) {
                            others.add(file);
                        }
                    }
                }
            }
            return others;
        } catch (IOException failure) {
            throw new LabFailure("cannot read the package sources in " + apt + ": " + failure.getMessage(), failure);
        }
    }

    /** Those of binary packages that are switched on (sources.list(5)), in either form. */
    private static List<String> entries(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            return List.of();
        }
        // Any octets: a comment in a file of an older system need not be UTF-8.
        String text = Files.readString(file, StandardCharsets.ISO_8859_1).replaceAll("(?m)^#.*\n?", "");
        return Stream.of(text.split(file.toString().endsWith(".sources") ? "\n\\s*\n" : "\n", -1))
                .map(String::strip)
                .filter(entry ->
                        ENTRY.matcher(entry).find() && !OFF.matcher(entry).find())
                .toList();
    }

    /** Of the Debian that this host runs. */
    static String codename() {
        return Shell.run("sh", "-c", ". /etc/os-release; echo $VERSION_CODENAME")
                .strip();
    }

    private void configure() throws IOException {
        Files.writeString(root.resolve("etc/hostname"), COMPUTER_NAME + "\n");
        Files.writeString(root.resolve("etc/hosts"), "127.0.0.1 localhost\n127.0.1.1 " + COMPUTER_NAME + "\n");
        Files.writeString(root.resolve("etc/fstab"), "UUID=" + ROOT_UUID + " / ext4 defaults 0 1\n");
        switch (init) {
            case SYSVINIT -> loginOnTheSerialLine();
            case BTRFS -> {
                BtrfsSystem.configure(root, ROOT_UUID);
                loginOnTheSerialLine();
            }
            case SYSTEMD -> networkd();
            case LVM, LUKS -> {} // LvmSystem does
        }
        Files.createDirectories(root.resolve("boot/grub"));
        Files.writeString(root.resolve("boot/grub/grub.cfg"), """
                set timeout=0
                serial --unit=0 --speed=115200
                linux %3$s/vmlinuz root=UUID=%1$s ro quiet %2$s console=tty0 console=ttyS0,115200%4$s
                initrd %3$s/initrd.img
                boot
                """.formatted(
                ROOT_UUID, EMULATED, folder(), init == Init.BTRFS ? " rootflags=subvol=" + BtrfsSystem.ROOT : ""));
    }

    private void loginOnTheSerialLine() throws IOException {
        Files.writeString(
                root.resolve("etc/inittab"),
                "T0:23:respawn:/sbin/agetty -L ttyS0 115200 vt100\n",
                StandardOpenOption.APPEND);
    }

    private void networkd() throws IOException {
        Files.writeString(
                root.resolve("etc/systemd/network/50-wired.network"), "[Match]\nName=e*\n[Network]\nDHCP=ipv4\n");
        Path wants = Files.createDirectories(root.resolve("etc/systemd/system/multi-user.target.wants"));
        String service = "systemd-networkd.service";
        Files.createSymbolicLink(wants.resolve(service), Path.of("/lib/systemd/system", service));
    }

    /**
     * GRUB for both firmwares, in the partitions that {@link DiskLayout} has for them.
     *
     * @param early what its core does, by its format: find and read its configuration
     */
    static void bootLoaders(Path disk, Path work, Map<String, String> early, String moreModules) throws IOException {
        Path core = grub(work, early, "i386-pc", "core.img", moreModules + " biosdisk");
        Path efi = grub(work, early, "x86_64-efi", "bootx64.efi", moreModules);
        Path esp = PartitionFile.made(work.resolve("esp"), DiskLayout.ESP.sizeMib(), "mkfs.vfat", "-n", "ESP");
        Shell.run("mmd", "-i", esp.toString(), "::EFI", "::EFI/BOOT");
        Shell.run("mcopy", "-i", esp.toString(), efi.toString(), "::EFI/BOOT/BOOTX64.EFI");
        place(esp, disk, DiskLayout.ESP);
        byte[] boot = Files.readAllBytes(Path.of("/usr/lib/grub/i386-pc/boot.img"));
        long start = DiskLayout.BIOS_BOOT.startSector();
        long room = DiskLayout.BIOS_BOOT.sizeMib() * 2048L;
        try (FileChannel channel = FileChannel.open(disk, StandardOpenOption.WRITE)) {
            write(channel, 0, GrubImage.masterBootRecord(boot, start));
            write(channel, DiskLayout.BIOS_BOOT.startByte(), GrubImage.core(Files.readAllBytes(core), start, room));
        }
    }

    /** What GRUB's core does: find the file system with its configuration in {@code folder}, and read that. */
    static String early(String uuid, String folder) {
        return "search --fs-uuid --set=root " + uuid + "\nset prefix=($root)" + folder
                + "\nconfigfile $prefix/grub.cfg\n";
    }

    static Path earlyConfig(Path work) throws IOException {
        return Files.writeString(work.resolve("early.cfg"), early(ROOT_UUID, "/boot/grub"));
    }

    /** A GRUB that finds the system of {@link #in}'s disk. */
    static Path grub(Path work, String format, String name) throws IOException {
        return grub(work, Map.of(format, early(ROOT_UUID, "/boot/grub")), format, name, "");
    }

    private static Path grub(Path work, Map<String, String> early, String format, String name, String moreModules)
            throws IOException {
        Path image = work.resolve(name);
        Path config = Files.writeString(work.resolve(format + ".cfg"), early.get(format));
        List<String> words = new ArrayList<>(List.of("grub-mkimage", "-O", format, "-o", image.toString()));
        words.addAll(List.of("-c", config.toString(), "-p", "/boot/grub"));
        words.addAll(List.of((GRUB_MODULES + moreModules).split(" ", -1)));
        Shell.run(words);
        return image;
    }

    private Path partition(DiskLayout part, String... command) {
        return PartitionFile.made(work.resolve(part.name()), part.sizeMib(), command);
    }

    private static void place(Path partition, Path disk, DiskLayout part) {
        PartitionFile.place(partition, disk, part.startMib());
    }

    static void write(FileChannel channel, long position, byte[] octets) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(octets);
        while (buffer.hasRemaining()) {
            channel.write(buffer, position + buffer.position());
        }
    }
}
