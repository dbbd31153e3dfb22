package firstlight.lab;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A system disk whose partitions lie where its own table says, held against its source from the outside. */
final class ResizedDisk {
    private static final Pattern BLOCKS = Pattern.compile("(?m)^Block count: +(\\d+)$");
    private static final Pattern BLOCK_SIZE = Pattern.compile("(?m)^Block size: +(\\d+)$");
    /** The boot sector's "hidden sectors": where on the disk an NTFS starts. A copy of the sector is the partition's last. */
    private static final int HIDDEN_SECTORS = 28;

    private final DiskCheck disk;
    private final Path file;
    private final Path work;

    /** @param work a folder for what is taken out of {@code file} */
    ResizedDisk(Path file, Path work) {
        this.disk = new DiskCheck(file, DiskMake.GPT, work);
        this.file = file;
        this.work = work;
    }

    /**
     * The same partitions in the same order, none over another; root resized, its file system as long as its partition, sound,
     * with the same files; the others to the octet. Returns what was compared, for people.
     */
    String compare(ResizedDisk source, boolean grows) {
        Shell.run("sfdisk", "--verify", file.toString());
        List<TableRow> rows = rows();
        List<TableRow> before = source.rows();
        if (!TableRow.identities(rows).equals(TableRow.identities(before))) {
            throw new LabFailure("the partition tables differ:\n" + before + "\n" + rows);
        }
        for (int i = 1; i < rows.size(); i++) {
            if (rows.get(i).start() < rows.get(i - 1).end()) {
                throw new LabFailure("partitions lie over each other: " + rows);
            }
        }
        for (DiskLayout part : DiskLayout.values()) {
            if (part != DiskLayout.ROOT
                    && row(part).sectors() != source.row(part).sectors()) {
                throw new LabFailure(part + " has another length: " + before + "\n" + rows);
            }
        }
        TableRow root = row(DiskLayout.ROOT);
        long old = source.row(DiskLayout.ROOT).sectors();
        if (root.sectors() == old || (root.sectors() > old) != grows) {
            throw new LabFailure("root has " + mib(root.sectors()) + " MiB, had " + DiskLayout.ROOT.sizeMib());
        }
        for (DiskLayout part : DiskMake.GPT.toTheOctet()) {
            sameOctets(part, source.partition(part), partition(part));
        }
        Path restored = partition(DiskLayout.ROOT);
        DiskCheck.checkExt4(restored);
        fills(restored, root);
        String files = DiskCheck.sameFiles(source.disk.tree(source.partition(DiskLayout.ROOT)), disk.tree(restored));
        return "root " + DiskLayout.ROOT.sizeMib() + " -> " + mib(root.sectors()) + " MiB, by e2fsck, " + files + "; "
                + DiskMake.GPT.toTheOctet() + " to the octet";
    }

    /**
     * What an engine must have said that made this disk of {@code source}: each partition that moved or changed its size. In the
     * words of the engine's plan, without the file system's name.
     */
    List<String> mustBeTold(ResizedDisk source) {
        List<String> told = new ArrayList<>();
        List<TableRow> before = source.rows();
        List<TableRow> rows = rows();
        for (int i = 0; i < rows.size(); i++) {
            TableRow was = before.get(i);
            TableRow is = rows.get(i);
            String which = "partition " + (i + 1) + " ";
            if (is.sectors() != was.sectors()) {
                told.add(which + (is.sectors() > was.sectors() ? "grows" : "shrinks") + " from " + mib(was.sectors())
                        + " MiB to " + mib(is.sectors()) + " MiB");
            }
            if (is.start() != was.start()) {
                told.add(which + "moves from " + mib(was.start()) + " MiB to " + mib(is.start()) + " MiB");
            }
        }
        return told;
    }

    private static long mib(long sectors) {
        return (sectors * TableRow.SECTOR) >> 20;
    }

    private List<TableRow> rows() {
        return TableRow.of(file, DiskLayout.values().length);
    }

    private TableRow row(DiskLayout part) {
        return rows().stream()
                .filter(row -> row.identity().contains("name=\"" + part + "\""))
                .findFirst()
                .orElseThrow(() -> new LabFailure("there is no partition " + part + " on " + file));
    }

    private Path partition(DiskLayout part) {
        return row(part).copied(file, work.resolve(part.name()));
    }

    private static void sameOctets(DiskLayout part, Path source, Path target) {
        List<String> unexpected = Shell.attempt(List.of("cmp", "-l", source.toString(), target.toString()))
                .output()
                .lines()
                .filter(line -> part != DiskLayout.DATA || !isPlace(line))
                .toList();
        if (!unexpected.isEmpty()) {
            throw new LabFailure(
                    part + " differs in " + unexpected.size() + " octets, first: " + unexpected.getFirst());
        }
    }

    /** What {@code cmp -l} says of an octet, counted from 1. */
    private static boolean isPlace(String line) {
        long octet = Long.parseLong(line.strip().split(" +", -1)[0]) - 1;
        long copy = (DiskLayout.DATA.sizeMib() * 2048L - 1) * TableRow.SECTOR;
        long within = octet < TableRow.SECTOR ? octet : octet - copy;
        return within >= HIDDEN_SECTORS && within < HIDDEN_SECTORS + 4;
    }

    private static void fills(Path ext4, TableRow row) {
        String told = Shell.run("dumpe2fs", "-h", ext4.toString());
        Matcher blocks = BLOCKS.matcher(told);
        Matcher size = BLOCK_SIZE.matcher(told);
        long octets =
                blocks.find() && size.find() ? Long.parseLong(blocks.group(1)) * Long.parseLong(size.group(1)) : 0;
        if (octets > row.sectors() * TableRow.SECTOR || octets < row.sectors() * TableRow.SECTOR - (1 << 20)) {
            throw new LabFailure("the root file system has " + octets + " octets in " + row);
        }
    }
}
