package firstlight.lab;

import java.nio.file.Path;
import java.util.List;

/** Looks into a disk from the outside, without mounting it. */
final class DiskCheck {
    /** Where the restored PC's image-safe data begin: those are its own. */
    static final int SAFE_AREA = (1 << 20) - (64 << 10);

    /** The computer's name, and what a Debian writes when it runs. */
    private static final String MAY_DIFFER = ".*(/etc\\b|/var\\b|/run\\b|/tmp\\b|/dev\\b|lost\\+found).*";

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
        Path file = work.resolve(part.name());
        Shell.run(
                "dd",
                "if=" + disk,
                "of=" + file,
                "bs=1M",
                "skip=" + part.startMib(),
                "count=" + part.sizeMib(),
                "conv=sparse",
                "status=none");
        return file;
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

    /** Takes the whole tree out of an ext4 partition, for {@code diff}. */
    Path tree(Path ext4) {
        Path tree = Stage.freshFolder(work.resolve("tree"));
        Shell.run("debugfs", "-R", "rdump / " + tree, ext4.toString());
        return tree;
    }

    static String ext4File(Path ext4, String name) {
        return Shell.run("debugfs", "-R", "cat " + name, ext4.toString())
                .lines()
                .filter(line -> !line.startsWith("debugfs "))
                .reduce("", (all, line) -> all + line + "\n");
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
        Path restored = target.partition(DiskLayout.ROOT);
        checkExt4(restored);
        sameFiles(source.tree(source.partition(DiskLayout.ROOT)), target.tree(restored));
        return "boot code, " + source.make.toTheOctet() + " to the octet; root by e2fsck and file by file";
    }

    /** The same files in both trees, but for those that a running system or its new name changes. */
    static void sameFiles(Path source, Path target) {
        Shell.Outcome diff =
                Shell.attempt(List.of("diff", "-rq", "--no-dereference", source.toString(), target.toString()));
        List<String> unexpected =
                diff.output().lines().filter(line -> !line.matches(MAY_DIFFER)).toList();
        if (!unexpected.isEmpty()) {
            throw new LabFailure("files differ:\n" + String.join("\n", unexpected));
        }
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
