package firstlight.image.capture;

import firstlight.image.disk.Source;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The files of an NTFS that octets belong to, by its master file table (MFT), which is read once from end to end. ntfscluster
 * would tell the same; it has no room in the imaging environment. Belongs to one thread.
 */
final class MftFiles {
    /** Octets of the table that are read at once. */
    private static final int BATCH = 1 << 20;
    /** Record of the folder at the top. */
    private static final int ROOT = 5;
    /** Windows' limit for a path is 32767 characters; what is longer goes in a circle. */
    private static final int DEEPEST = 1024;

    private final Source volume;
    private final int clusterSize;
    private final int recordSize;
    private final List<NtfsRecord.Run> table = new ArrayList<>();

    /** @throws IllegalArgumentException when there is no master file table where the boot sector says */
    MftFiles(Source volume) throws IOException {
        this.volume = volume;
        ByteBuffer boot = NtfsRecord.octets(volume, 0, 512);
        int sector = Short.toUnsignedInt(boot.getShort(11));
        this.clusterSize = boot.get(13) > 0 || boot.get(13) == -128 // beyond, a negative logarithm
                ? sector * (boot.get(13) & 0xFF)
                : sector << -boot.get(13);
        this.recordSize = boot.get(64) > 0 ? clusterSize * boot.get(64) : 1 << -boot.get(64);
        long first = boot.getLong(48) * clusterSize;
        if (recordSize < 512 || recordSize > 1 << 16 || first <= 0 || first > volume.size() - recordSize) {
            throw new IllegalArgumentException("its boot sector makes no sense");
        }
        NtfsRecord own = NtfsRecord.decode(NtfsRecord.octets(volume, first, recordSize))
                .orElseThrow(() -> new IllegalArgumentException("its master file table cannot be read"));
        table.addAll(own.content(clusterSize));
    }

    /**
     * The first {@code most} paths, those of the file system's own files too ({@code /$MFT}).
     *
     * @param ranges start and end in octets of the volume
     */
    List<String> holding(List<long[]> ranges, int most) throws IOException {
        Set<Long> numbers = new LinkedHashSet<>();
        for (int i = 0; i < table.size() && numbers.size() < most; i++) { // it grows meanwhile
            NtfsRecord.Run run = table.get(i);
            long end = Math.min(run.start() + run.length(), volume.size());
            for (long at = Math.max(0, run.start()); at + recordSize <= end; ) {
                ByteBuffer batch = NtfsRecord.octets(volume, at, (int) Math.min(end - at, BATCH));
                while (batch.remaining() >= recordSize && numbers.size() < most) {
                    long number = (run.logical() + at - run.start() + batch.position()) / recordSize;
                    ByteBuffer octets =
                            batch.slice(batch.position(), recordSize).order(batch.order());
                    NtfsRecord.decode(octets).ifPresent(record -> look(record, number, ranges, numbers));
                    batch.position(batch.position() + recordSize);
                }
                at += batch.position();
                if (numbers.size() == most) {
                    break;
                }
            }
        }
        List<String> paths = new ArrayList<>();
        for (long number : numbers) {
            paths.add(path(number));
        }
        return paths;
    }

    /** What has no room in a file's record lies in others, which name it. */
    private void look(NtfsRecord record, long number, List<long[]> ranges, Set<Long> numbers) {
        if (record.isExtension() && record.base() == 0) {
            // Of the table itself. One that is its own part, in a volume that makes no sense, is looked at once.
            record.content(clusterSize).stream()
                    .filter(run -> !table.contains(run))
                    .forEach(table::add);
        }
        if (record.runs(clusterSize).stream().anyMatch(run -> run.isIn(ranges))) {
            numbers.add(record.isExtension() ? record.base() : number);
        }
    }

    /** With a number for a name that has no room in the file's first record, or is lost. */
    private String path(long number) throws IOException {
        String path = "";
        long at = number;
        for (int depth = 0; at != ROOT && depth < DEEPEST; depth++) {
            var name = record(at).flatMap(NtfsRecord::name);
            if (name.isEmpty()) {
                return "/<file " + at + ">" + path;
            }
            path = "/" + name.get().text() + path;
            at = name.get().parent();
        }
        return path.isEmpty() ? "/" : path;
    }

    private Optional<NtfsRecord> record(long number) throws IOException {
        long logical = number * recordSize;
        for (NtfsRecord.Run run : table) {
            long at = run.start() + logical - run.logical();
            boolean there = logical >= run.logical() && at + recordSize <= run.start() + run.length();
            if (there && at >= 0 && at + recordSize <= volume.size()) {
                return NtfsRecord.decode(NtfsRecord.octets(volume, at, recordSize));
            }
        }
        return Optional.empty();
    }
}
