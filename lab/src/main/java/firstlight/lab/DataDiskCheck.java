package firstlight.lab;

import firstlight.image.Amount;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Holds a restored {@link DataDisk} against its source from the outside, each partition by its file system's own tools. */
final class DataDiskCheck {
    /**
     * What the image was to be: all else follows from it.
     *
     * @param equalSize the target is as long as the source: nothing moves or shrinks
     * @param luksLookedInto there was a key for it: what its ext4 does not use is left out
     * @param withoutSwapFile the files named swapfile were to be left out, on ext4 and F2FS
     */
    record Expected(boolean equalSize, boolean luksLookedInto, boolean withoutSwapFile) {}

    private final Path source;
    private final Path target;
    private final Path work;
    private final Expected expected;
    private final List<String> said = new ArrayList<>();

    /** @param work a folder for what is taken out of both disks */
    DataDiskCheck(Path source, Path target, Path work, Expected expected) {
        this.source = source;
        this.target = target;
        this.work = Stage.freshFolder(work);
        this.expected = expected;
    }

    /** A LabFailure at the first thing that is not as it should be; else what was compared, for people. */
    String compare() {
        tables();
        for (DataPart part : DataPart.values()) {
            Path before = rows(source).get(part.number() - 1).copied(source, work.resolve("source-" + part));
            Path now = rows(target).get(part.number() - 1).copied(target, work.resolve("target-" + part));
            same(part + "'s UUID, label and type", identity(before), identity(now));
            octets(part, before, now);
            switch (part) {
                case NTFS -> ntfs(before, now);
                case EXT4 ->
                    ext4("ext4", before, now, expected.withoutSwapFile() ? Optional.of("swapfile") : Optional.empty());
                case LVM_ONE -> {}
                case LVM_TWO -> lvm();
                case F2FS -> Shell.run("fsck.f2fs", "-f", "--dry-run", now.toString());
                case LUKS -> ext4("luks", Luks.deciphered(before, work), Luks.deciphered(now, work), Optional.empty());
                case SWAP -> same("swap's first page", page(before), page(now));
            }
        }
        return String.join("; ", said);
    }

    private void tables() {
        Shell.run("sfdisk", "--verify", target.toString());
        List<TableRow> before = rows(source);
        List<TableRow> now = rows(target);
        same(
                "types, UUIDs and names in the table",
                TableRow.identities(before).toString(),
                TableRow.identities(now).toString());
        for (int i = 0; i < now.size(); i++) {
            // NTFS alone gets shorter; whatever is behind it moves up to it, without a gap.
            boolean shrinks = i == DataPart.NTFS.number() - 1 && !expected.equalSize();
            long start = expected.equalSize()
                    ? before.get(i).start()
                    : i == 0 ? before.getFirst().start() : now.get(i - 1).end();
            if (now.get(i).start() != start
                    || (shrinks
                            ? now.get(i).sectors() >= before.get(i).sectors()
                            : now.get(i).sectors() != before.get(i).sectors())) {
                throw new LabFailure("the table was\n" + before + "\nand is\n" + now);
            }
        }
        if (!expected.equalSize()) {
            said.add("NTFS " + before.getFirst().sectors() / 2048 + " -> "
                    + now.getFirst().sectors() / 2048 + " MiB");
        }
    }

    private static List<TableRow> rows(Path disk) {
        return TableRow.of(disk, DataPart.values().length);
    }

    /** By probing (-p): what the file holds now, not what blkid's cache remembers of it. */
    private static String identity(Path part) {
        return Shell.run("blkid", "-p", "-o", "export", part.toString()).replaceFirst("DEVNAME=.*\n", "");
    }

    /**
     * Nothing but what the image does without may differ, and that must be zero. Of LUKS that was looked into this is what the
     * file system in it does not use: no zeros there are left on the source.
     */
    private void octets(DataPart part, Path before, Path now) {
        long most = switch (part) {
            case NTFS -> expected.equalSize() ? DataDisk.leftOutOctets() + DataDisk.RUBBISH_OCTETS : Long.MAX_VALUE;
            case EXT4, F2FS -> expected.withoutSwapFile() ? DataDisk.SWAP_FILE_OCTETS : 0;
            case LUKS -> expected.luksLookedInto() ? (long) DataPart.LUKS.sizeMib() << 20 : 0;
            case SWAP -> DataDisk.RUBBISH_OCTETS;
            case LVM_ONE, LVM_TWO -> 0;
        };
        if (most == Long.MAX_VALUE) {
            return; // ntfsresize has moved files
        }
        long differ = differing(part, before, now);
        // Of random octets one in 256 is zero.
        if (differ > most || (part != DataPart.LUKS && differ < most / 256 * 254)) {
            throw new LabFailure(part + ": " + differ + " octets are zero that were not; " + most + " were to be");
        }
        said.add(part + " to the octet" + (differ == 0 ? "" : " but for " + Amount.mib(differ) + " that are zero"));
    }

    private static long differing(DataPart part, Path before, Path now) {
        long differ = 0;
        try (InputStream one = Files.newInputStream(before);
                InputStream two = Files.newInputStream(now)) {
            long at = 0;
            while (true) {
                byte[] was = one.readNBytes(1 << 20);
                byte[] is = two.readNBytes(1 << 20);
                if (was.length != is.length) {
                    throw new LabFailure(part + " has another length");
                }
                if (was.length == 0) {
                    return differ;
                }
                for (int i = 0; i < was.length; i++) {
                    // Octets that differ are zeros that were left out, or somebody's data that are wrong.
                    if (was[i] != is[i] && is[i] != 0) {
                        throw new LabFailure(part + " holds another octet at " + (at + i));
                    }
                    differ += was[i] == is[i] ? 0 : 1;
                }
                at += was.length;
            }
        } catch (IOException failure) {
            throw new LabFailure("cannot read " + now + ": " + failure.getMessage(), failure);
        }
    }

    /** Page files keep their names and lengths, and read as zeros. */
    private void ntfs(Path before, Path now) {
        if (expected.equalSize()) {
            Shell.run("ntfsfix", "-n", now.toString());
        }
        Shell.run("ntfsresize", "--info", "--force", "--no-progress-bar", now.toString());
        same("the list of NTFS' files", list(before), list(now));
        for (String file :
                list(now).lines().map(line -> line.replaceFirst(".* ", "")).toList()) {
            boolean leftOut = DataDisk.PAGE_FILES.contains(file);
            String was = leftOut
                    ? "/dev/zero"
                    : content(before, file, work.resolve("was")).toString();
            Path is = content(now, file, work.resolve("is"));
            Shell.run("sh", "-c", "cmp -n \"$(stat -c %s \"$1\")\" \"$1\" \"$2\"", "sh", is.toString(), was);
        }
        said.add("NTFS by its tools and file by file");
    }

    /** Lengths, times and names. A shrunk NTFS is marked for a check by Windows, which ntfsls warns of. */
    private static String list(Path ntfs) {
        return Shell.run("ntfsls", "--force", "--long", ntfs.toString())
                .lines()
                .filter(line -> !line.isBlank() && !line.startsWith("WARNING: Dirty volume"))
                .collect(Collectors.joining("\n"));
    }

    private static Path content(Path ntfs, String file, Path out) {
        Shell.run("sh", "-c", "ntfscat -f \"$1\" \"$2\" > \"$3\"", "sh", ntfs.toString(), "/" + file, out.toString());
        return out;
    }

    /** @param zeros a file that reads as zeros */
    private void ext4(String name, Path before, Path now, Optional<String> zeros) {
        Shell.run("e2fsck", "-f", "-n", now.toString());
        Path was = tree(before, "was-" + name);
        Path is = tree(now, "is-" + name);
        zeros.ifPresent(file -> {
            Shell.run(
                    "cmp",
                    "-n",
                    Integer.toString(DataDisk.SWAP_FILE_OCTETS),
                    is.resolve(file).toString(),
                    "/dev/zero");
            Shell.run("rm", was.resolve(file).toString(), is.resolve(file).toString());
        });
        Shell.run("diff", "-r", "--no-dereference", was.toString(), is.toString());
        said.add(name + " by e2fsck and file by file");
    }

    private Path tree(Path ext4, String name) {
        Path tree = Stage.freshFolder(work.resolve(name));
        Shell.run("debugfs", "-R", "rdump / " + tree, ext4.toString());
        return tree;
    }

    private void lvm() {
        String before = identity("source");
        same("what LVM's tools say", before, identity("target"));
        Path linear = work.resolve("linear");
        Shell.run(
                "dd",
                "if=" + work.resolve("target-LVM_ONE"),
                "of=" + linear,
                "bs=1M",
                "skip=1",
                "count=" + DataDisk.LINEAR_EXTENTS * Lvm.EXTENT_MIB,
                "status=none");
        Shell.run("e2fsck", "-f", "-n", linear.toString());
        said.add("LVM by its tools: " + before);
    }

    private String identity(String which) {
        try (LoopDevices loops = LoopDevices.of(work.resolve(which + "-LVM_ONE"), work.resolve(which + "-LVM_TWO"))) {
            return new Lvm(work, loops.nodes()).identity();
        }
    }

    private static String page(Path swap) {
        return Shell.run("sh", "-c", "head -c 4096 \"$1\" | sha256sum", "sh", swap.toString());
    }

    private static void same(String what, String before, String now) {
        if (!before.equals(now)) {
            throw new LabFailure(what + " differ:\n" + before + "\n" + now);
        }
    }
}
