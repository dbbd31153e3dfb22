package firstlight.lab;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The system of the {@link SystemDisk} on a disk of another make, built in seconds from that disk. */
final class OtherDisk {
    /** GRUB's, for a BIOS and an MBR; the root is found by its UUID. */
    private static final String MODULES =
            "biosdisk part_msdos ext2 normal configfile linux search search_fs_uuid echo serial";

    private final Path gpt;
    private final DiskMake make;
    private final Path work;

    private OtherDisk(Path gpt, DiskMake make, Path work) {
        this.gpt = gpt;
        this.make = make;
        this.work = work;
    }

    /**
     * @param gpt the system disk's file, which is read only; the new one lies beside it, under its name and the make's
     * @param make any but GPT
     */
    static synchronized Path in(Path cache, Path gpt, DiskMake make) {
        String name =
                gpt.getFileName().toString().replace(".raw", "-" + make.name().toLowerCase(Locale.ROOT) + ".raw");
        Path disk = gpt.resolveSibling(name);
        try (FileChannel channel = FileChannel.open(
                        cache.resolve("lab/system.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            if (!lock.isValid() || Files.exists(disk)) {
                return disk;
            }
            SystemDisk.takeAwayUnfinished(cache.resolve("lab"));
            Path work = Files.createTempDirectory(disk.getParent(), "building-");
            try {
                Path built = new OtherDisk(gpt, make, work).build();
                return Files.move(built, disk, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Shell.attempt(List.of("rm", "-rf", "--one-file-system", work.toString()));
            }
        } catch (IOException failure) {
            throw new LabFailure("cannot build the disk " + disk + ": " + failure.getMessage(), failure);
        }
    }

    private Path build() throws IOException {
        Path disk = work.resolve("disk.raw");
        if (make == DiskMake.IA32) {
            return withIa32Loader(disk);
        }
        Shell.run("truncate", "-s", DiskLayout.DISK_MIB + "M", disk.toString());
        Path script = Files.writeString(work.resolve("table"), make.script());
        Shell.run(
                "sh",
                "-c",
                // fdisk can be told a file's sector size (-b); its command I reads what sfdisk writes.
                "printf 'I\\n%s\\nw\\n' '" + script + "' | fdisk -b " + make.sectorSize() + " '" + disk + "'");
        // The root's blocks are of 4096 octets on any disk.
        Path root = taken(DiskLayout.ROOT);
        PartitionFile.place(root, disk, DiskLayout.ROOT.startMib());
        PartitionFile.place(made("swap", make.swapMib(), "mkswap"), disk, make.swapStartMib());
        Path data = made(
                "data",
                DiskLayout.DATA.sizeMib(),
                "mkntfs",
                "-q",
                "-F",
                "-Q",
                "-L",
                "DATA",
                "-p",
                "2048",
                "-s",
                Integer.toString(make.sectorSize()),
                "-H",
                "255",
                "-S",
                "63");
        PartitionFile.place(data, disk, DiskLayout.DATA.startMib());
        switch (make) {
            case GPT, IA32 -> throw new IllegalStateException("SystemDisk builds this one");
            case MBR -> biosBootLoader(disk);
            case GPT_4096 -> efiBootLoader(disk);
        }
        return disk;
    }

    /** The system disk with another ESP: a loader of 32 bits at a place that firmware does not look at by itself. */
    private Path withIa32Loader(Path disk) throws IOException {
        Shell.run("cp", "--sparse=always", gpt.toString(), disk.toString());
        Path loader = SystemDisk.grub(work, "i386-efi", "grubia32.efi");
        Path esp = made("esp", DiskLayout.ESP.sizeMib(), "mkfs.vfat", "-n", "ESP");
        Shell.run("mmd", "-i", esp.toString(), "::EFI", "::EFI/debian");
        Shell.run("mcopy", "-i", esp.toString(), loader.toString(), "::EFI/debian/grubia32.efi");
        // Sectors that are zeros now were not: PartitionFile leaves those out.
        Shell.run(
                "dd",
                "if=" + esp,
                "of=" + disk,
                "bs=1M",
                "seek=" + DiskLayout.ESP.startMib(),
                "conv=notrunc",
                "status=none");
        return disk;
    }

    private void biosBootLoader(Path disk) throws IOException {
        Path core = work.resolve("core.img");
        List<String> words = new ArrayList<>(List.of("grub-mkimage", "-O", "i386-pc", "-o", core.toString()));
        words.addAll(List.of("-c", SystemDisk.earlyConfig(work).toString(), "-p", "/boot/grub"));
        words.addAll(List.of(MODULES.split(" ", -1)));
        Shell.run(words);
        byte[] boot = Files.readAllBytes(Path.of("/usr/lib/grub/i386-pc/boot.img"));
        try (FileChannel channel = FileChannel.open(disk, StandardOpenOption.WRITE)) {
            // As grub-install leaves an MBR disk: core.img in the gap behind the table, of which 2047 sectors are free.
            SystemDisk.write(channel, 0, GrubImage.masterBootRecord(boot, 1));
            SystemDisk.write(channel, make.sectorSize(), GrubImage.core(Files.readAllBytes(core), 1, 2047));
        }
    }

    private void efiBootLoader(Path disk) {
        Path loader = work.resolve("bootx64.efi");
        Path other = taken(DiskLayout.ESP);
        Shell.run("mcopy", "-i", other.toString(), "::EFI/BOOT/BOOTX64.EFI", loader.toString());
        Path esp = made("esp", DiskLayout.ESP.sizeMib(), "mkfs.vfat", "-n", "ESP", "-S", "4096");
        Shell.run("mmd", "-i", esp.toString(), "::EFI", "::EFI/BOOT");
        Shell.run("mcopy", "-i", esp.toString(), loader.toString(), "::EFI/BOOT/BOOTX64.EFI");
        PartitionFile.place(esp, disk, DiskLayout.ESP.startMib());
    }

    private Path taken(DiskLayout part) {
        return PartitionFile.taken(gpt, work.resolve("of-" + part.name()), part.startMib(), part.sizeMib());
    }

    private Path made(String name, int mib, String... command) {
        return PartitionFile.made(work.resolve(name), mib, command);
    }
}
