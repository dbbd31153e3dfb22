package firstlight.lab;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Looks into a disk from the outside, without mounting it. */
final class DiskCheck {
    /** Where the restored PC's image-safe data begin: those are its own. */
    static final int SAFE_AREA = (1 << 20) - (64 << 10);

    /**
     * Below the root: what the computer's name is in, and what the lab's Debian writes when it starts. Paths from the root;
     * folders that are named here must be there themselves.
     */
    private static final Pattern MAY_DIFFER =
            Pattern.compile("etc/(hostname|hosts|mtab|adjtime)|(run|tmp|var/log|var/run|var/tmp|var/lib/urandom)/.*");

    private final Path disk;
    private final DiskMake make;
    private final Path work;

    /** {@code disk} is a raw image; {@code work} a folder for what is taken out of it. */
    DiskCheck(Path disk, DiskMake make, Path work) {
        this.disk = disk;
        this.make = make;
        this.work = Stage.freshFolder(work);
    }

    /** A file with the partition's octets. */
    Path partition(DiskLayout part) {
        return PartitionFile.taken(disk, work.resolve(part.name()), part.startMib(), part.sizeMib());
    }

    /** The rows of the partition table, as fdisk tells them. */
    private String table() {
        String rows = Shell.run(
                        "fdisk", "-b", Integer.toString(make.sectorSize()), "-o", make.columns(), "-l", disk.toString())
                .lines()
                .filter(line -> line.matches("\\s*\\d+ .*"))
                .map(String::strip)
                .reduce("", (all, line) -> all + line + "\n");
        if (rows.isEmpty()) {
            throw new LabFailure("fdisk finds no partition on " + disk);
        }
        return rows;
    }

    /** What blkid(8) reads of the swap partition, which is made anew: its UUID above all. */
    private String swap() {
        String told = Shell.run(
                "blkid",
                "--probe",
                "--offset",
                Long.toString(make.swapStartMib() * (1L << 20)),
                "--size",
                Long.toString(make.swapMib() * (1L << 20)),
                "--output",
                "export",
                disk.toString());
        return told.lines().filter(line -> !line.startsWith("DEVNAME=")).collect(Collectors.joining("\n", "", "\n"));
    }

    /** Takes the whole tree out of an ext4 partition, for {@code diff}. */
    Path tree(Path ext4) {
        Path tree = Stage.freshFolder(work.resolve("tree"));
        Shell.run("debugfs", "-R", "rdump / " + tree, ext4.toString());
        return tree;
    }

    /**
     * Holds a restored system disk, which has been started once since, against its source. Boot code, the ESP and the NTFS
     * partition must be the same to the octet; the root file system must be sound, and its files the same but for those that
     * a running system or its new name changes. Returns what was compared, for people.
     */
    static String compare(DiskCheck source, DiskCheck target) {
        if (!source.table().equals(target.table())) {
            throw new LabFailure("the partition tables differ:\n" + source.table() + target.table());
        }
        // Boot code alone: behind it are the disk's signature and the MBR's table, which was compared by its rows.
        Shell.run("cmp", "-n", "440", source.disk.toString(), target.disk.toString());
        if (source.make == DiskMake.MBR) { // the boot loader lies between the table and the first partition
            Shell.run(
                    "cmp",
                    "-i",
                    "512",
                    "-n",
                    Integer.toString(SAFE_AREA - 512),
                    source.disk.toString(),
                    target.disk.toString());
        }
        for (DiskLayout part : source.make.toTheOctet()) {
            Shell.run(
                    "cmp",
                    source.partition(part).toString(),
                    target.partition(part).toString());
        }
        if (!source.swap().equals(target.swap())) {
            throw new LabFailure("swap differs:\n" + source.swap() + target.swap());
        }
        Path restored = target.partition(DiskLayout.ROOT);
        checkExt4(restored);
        String files = sameFiles(source.tree(source.partition(DiskLayout.ROOT)), target.tree(restored));
        return "boot code, " + source.make.toTheOctet() + " to the octet; swap by its UUID; root by e2fsck, " + files;
    }

    /**
     * The same files in both trees, with the same content, modes, owners and times, but for those that a running system or its new
     * name changes. Returns what was compared, for people.
     */
    static String sameFiles(Path source, Path target) {
        TreeComparison.Outcome outcome = new TreeComparison(source, target).look();
        List<TreeComparison.Difference> unexpected = unexpected(outcome.differences());
        if (!unexpected.isEmpty()) {
            throw new LabFailure("files differ:\n"
                    + unexpected.stream()
                            .map(TreeComparison.Difference::toString)
                            .collect(Collectors.joining("\n")));
        }
        return outcome.entries() + " files and folders one by one, "
                + outcome.differences().size() + " changed by the system that ran";
    }

    /** The differences that no running system makes. */
    static List<TreeComparison.Difference> unexpected(List<TreeComparison.Difference> differences) {
        return differences.stream()
                .filter(each -> !MAY_DIFFER.matcher(each.path()).matches())
                .toList();
    }

    /** What e2fsck finds; a LabFailure when that is anything wrong. */
    static void checkExt4(Path ext4) {
        // The PC was switched off while its system ran: what is in the journal belongs to the file system.
        Shell.Outcome replay = Shell.attempt(List.of("e2fsck", "-E", "journal_only", "-y", ext4.toString()));
        Shell.Outcome outcome = Shell.attempt(List.of("e2fsck", "-fn", ext4.toString()));
        if (outcome.status() != 0) {
            throw new LabFailure("e2fsck finds faults in the root file system:\n" + replay.output() + outcome.output());
        }
    }
}
