package firstlight.lab;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A partition as sfdisk lists it.
 *
 * @param identity what a restore must not change: type, UUID and name
 */
record TableRow(long start, long sectors, String identity) {
    static final int SECTOR = 512;
    private static final Pattern ROW = Pattern.compile(": start= *(\\d+), size= *(\\d+), (.*)$");

    /** The {@code count} partitions of a disk's file, in the table's order; a LabFailure when there are more or fewer. */
    static List<TableRow> of(Path disk, int count) {
        List<TableRow> rows = new ArrayList<>();
        for (String line :
                Shell.run("sfdisk", "--dump", disk.toString()).lines().toList()) {
            Matcher row = ROW.matcher(line);
            if (row.find()) {
                rows.add(new TableRow(Long.parseLong(row.group(1)), Long.parseLong(row.group(2)), row.group(3)));
            }
        }
        if (rows.size() != count) {
            throw new LabFailure("sfdisk finds " + rows + " on " + disk);
        }
        return rows;
    }

    static List<String> identities(List<TableRow> rows) {
        return rows.stream().map(TableRow::identity).toList();
    }

    long end() {
        return start + sectors;
    }

    /** Copies the partition out of the file of its disk. */
    Path copied(Path disk, Path to) {
        Shell.run(
                "dd",
                "if=" + disk,
                "of=" + to,
                "bs=1M",
                "iflag=skip_bytes,count_bytes",
                "skip=" + start * SECTOR,
                "count=" + sectors * SECTOR,
                "conv=sparse",
                "status=none");
        return to;
    }
}
