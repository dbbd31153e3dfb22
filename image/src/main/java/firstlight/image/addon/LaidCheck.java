package firstlight.image.addon;

import firstlight.image.ImageFailure;
import firstlight.image.Progress;
import firstlight.image.chunk.Chunk;
import firstlight.image.chunk.ChunkCodec;
import firstlight.image.manifest.AddOn;
import firstlight.image.manifest.AddOnEntry;
import firstlight.image.manifest.FileAttributes;
import firstlight.image.tree.FileStat;
import firstlight.image.tree.FileTree;
import firstlight.image.tree.TreeFile;
import firstlight.image.work.Meter;
import firstlight.model.Bytes;
import firstlight.model.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.temporal.ChronoField;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Compares what is there with the add-on, from a mount that was made after all was written: no cache has any of it. */
final class LaidCheck {
    private final AddOn addOn;
    private final LayPlan plan;
    private final FileTree tree;
    private final Keeping keeping;
    private final Map<String, Bytes> digests;
    private final byte[] buffer = new byte[Chunk.SIZE];

    /** @param digests by path, the SHA-256 of each file's data as it was written, holes left out */
    LaidCheck(AddOn addOn, LayPlan plan, FileTree tree, Keeping keeping, Map<String, Bytes> digests) {
        this.addOn = addOn;
        this.plan = plan;
        this.tree = tree;
        this.keeping = keeping;
        this.digests = digests;
    }

    /** @throws ImageFailure that names the first file that is not as it should be */
    void compare(Progress progress) throws IOException {
        Meter meter = new Meter(progress, Progress.Phase.VERIFYING, addOn.octets());
        for (AddOnEntry entry : addOn.entries()) {
            FileStat stat = tree.stat(entry.path()).orElseThrow(() -> wrong(entry, "it is not there"));
            switch (entry) {
                case AddOnEntry.Folder folder -> folder(folder, stat);
                case AddOnEntry.Plain file -> plain(file, file.path(), stat, meter);
                case AddOnEntry.Link link -> {
                    check(entry, stat.kind() == FileStat.Kind.LINK, "it is no link");
                    check(entry, tree.readLink(link.path()).equals(link.target()), "it leads elsewhere");
                    attributes(entry, link.attributes(), stat, true);
                }
                case AddOnEntry.Special special -> {
                    boolean same = stat.kind().name().equals(special.kind().name())
                            && stat.major() == special.major()
                            && stat.minor() == special.minor();
                    check(entry, same, "it is another device");
                    attributes(entry, special.attributes(), stat, false);
                }
                case AddOnEntry.Twin twin -> twin(twin, stat, meter);
            }
        }
        meter.end();
    }

    private void folder(AddOnEntry.Folder folder, FileStat stat) throws IOException {
        if (stat.isFolder() && (folder.exact() || plan.made().contains(folder.path()))) {
            attributes(folder, folder.attributes(), stat, false);
        } else {
            check(folder, stat.isFolder() || tree.leadsToFolder(folder.path()), "it is no folder");
        }
    }

    private void twin(AddOnEntry.Twin twin, FileStat stat, Meter meter) throws IOException {
        if (!keeping.hasTwins()) {
            plain(addOn.original(twin), twin.path(), stat, meter);
            return;
        }
        Optional<Long> original = tree.stat(twin.of()).map(FileStat::inode);
        check(twin, original.equals(Optional.of(stat.inode())), "it is another file than '" + twin.of() + "'");
    }

    private void plain(AddOnEntry.Plain file, String path, FileStat stat, Meter meter) throws IOException {
        check(file, stat.kind() == FileStat.Kind.PLAIN, "it is no file");
        check(file, stat.length() == file.length(), "it has " + stat.length() + " octets");
        attributes(file, file.attributes(), stat, false);
        MessageDigest digest = Sha256.fresh();
        try (TreeFile opened = tree.read(path)) {
            long hole = 0;
            for (int i = 0; i <= file.data().count(); i++) {
                boolean last = i == file.data().count();
                zeros(file, opened, hole, last ? file.length() : file.data().start(i));
                if (!last) {
                    octets(file, opened, file.data().start(i), file.data().end(i), digest, meter);
                    hole = file.data().end(i);
                }
            }
        }
        check(
                file,
                Optional.of(Bytes.of(digest.digest())).equals(Optional.ofNullable(digests.get(path))),
                "its content is not what was written");
    }

    private void octets(AddOnEntry.Plain file, TreeFile opened, long start, long end, MessageDigest digest, Meter meter)
            throws IOException {
        for (long at = start; at < end; ) {
            int count = read(file, opened, at, end);
            digest.update(buffer, 0, count);
            meter.add(count);
            at += count;
        }
    }

    private void zeros(AddOnEntry.Plain file, TreeFile opened, long start, long end) throws IOException {
        for (long at = opened.dataFrom(start, end); at < end; at = opened.dataFrom(at, end)) {
            int count = read(file, opened, at, end);
            check(file, ChunkCodec.isZero(buffer, 0, count), "a hole of it holds something");
            at += count;
        }
    }

    private int read(AddOnEntry.Plain file, TreeFile opened, long at, long end) throws IOException {
        ByteBuffer octets = ByteBuffer.wrap(buffer, 0, (int) Math.min(buffer.length, end - at));
        int count = opened.channel().read(octets, at);
        check(file, count > 0, "it ends at " + at);
        return count;
    }

    private void attributes(AddOnEntry entry, FileAttributes wanted, FileStat stat, boolean link) throws IOException {
        long grain = keeping.grainNanos();
        boolean time = grain == Long.MAX_VALUE
                || (stat.modified().getEpochSecond() == wanted.modified().getEpochSecond()
                        && nanos(stat) / grain == nanos(wanted) / grain);
        check(entry, time || isCoarse(stat), "its time is " + stat.modified());
        if (keeping.isUnix()) {
            check(entry, link || stat.mode() == wanted.mode(), "its mode is " + Integer.toOctalString(stat.mode()));
            boolean own = stat.owner() == wanted.owner() && stat.group() == wanted.group();
            check(entry, own, "it belongs to " + stat.owner() + ":" + stat.group());
            SortedMap<String, Bytes> extended = new TreeMap<>(tree.extended(entry.path()));
            extended.keySet().retainAll(wanted.extended().keySet()); // a folder's default ACL adds some
            check(entry, extended.equals(wanted.extended()), "its extended attributes are " + extended.keySet());
        }
    }

    private static int nanos(FileStat stat) {
        return stat.modified().get(ChronoField.NANO_OF_SECOND);
    }

    private static int nanos(FileAttributes attributes) {
        return attributes.modified().get(ChronoField.NANO_OF_SECOND);
    }

    /** ext with inodes of 128 octets has whole seconds. */
    private static boolean isCoarse(FileStat stat) {
        return nanos(stat) == 0;
    }

    private static void check(AddOnEntry entry, boolean right, String wrong) throws ImageFailure {
        if (!right) {
            throw wrong(entry, wrong);
        }
    }

    private static ImageFailure wrong(AddOnEntry entry, String how) {
        return new ImageFailure(
                "The add-on was not laid down right",
                "'" + entry.path() + "' was read back: " + how,
                "Do the work again; if it happens again, check the disk's health");
    }
}
