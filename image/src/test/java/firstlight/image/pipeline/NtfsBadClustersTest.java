package firstlight.image.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.Disk;
import firstlight.image.Progress;
import firstlight.image.disk.Access;
import firstlight.image.disk.BlockDevice;
import firstlight.image.disk.DiskFile;
import firstlight.image.manifest.Manifest;
import firstlight.image.resize.Wishes;
import firstlight.image.restore.Restore;
import firstlight.image.store.DiskStore;
import firstlight.image.store.ImageStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A volume that knows of bad clusters comes from a disk that is replaced, mostly by one of another size. */
class NtfsBadClustersTest {
    private static final int CLUSTER = 4096;
    private static final int RECORD = 1024;
    private static final int SECTOR = 512;

    @TempDir
    Path folder;

    @BeforeAll
    static void needsLoopDevices() throws IOException {
        Shell.assertLoopDevices();
    }

    @Test
    void getsAnotherSize() throws IOException {
        Lab lab = new Lab(folder);
        Path source = lab.disk("source", "64M");
        String[] tree = {""};
        Lab.attached(source, SECTOR, node -> {
            Shell.run("mkntfs -q -Q -F " + node);
            Lab.mounted("-t ntfs-3g", node.toString(), Tree::plantSimple);
            Lab.mounted("-t ntfs-3g -o ro", node.toString(), root -> tree[0] = Tree.describe(root));
        });
        markAsBad(source, 14_000);
        assertThat(Shell.run("ntfsresize -i -f -P '%s' || true".formatted(source)))
                .contains("at least 1 bad sector");
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            Manifest manifest = Lab.image(source, SECTOR, store);
            for (String size : List.of("80M", "60M", "48M")) {
                Path target = lab.disk("target" + size, size);
                Lab.attached(target, SECTOR, node -> {
                    try (Disk disk = BlockDevice.open(node, Access.READ_WRITE)) {
                        new Restore(store.source(), 2)
                                .restore(manifest, List.of(disk), Wishes.USUAL, Progress.SILENT, words -> {});
                    }
                    Shell.run("ntfsfix -n " + node);
                    Lab.mounted(
                            "-t ntfs-3g -o ro",
                            node.toString(),
                            root -> assertThat(Tree.describe(root)).isEqualTo(tree[0]));
                });
            }
        }
    }

    /** As chkdsk /r does: a run of one cluster in the hole that the stream $Bad of record 8 is, and its bit in the bitmap. */
    private static void markAsBad(Path volume, int cluster) throws IOException {
        try (Disk disk = DiskFile.open(volume, SECTOR, Access.READ_WRITE)) {
            ByteBuffer boot = read(disk, 0, SECTOR);
            int clusters = (int) (boot.getLong(40) * SECTOR / CLUSTER);
            long table = boot.getLong(48) * CLUSTER;
            ByteBuffer record = read(disk, table + 8 * RECORD, RECORD);
            swapChecks(record, false);
            int at = lastAttribute(record);
            int pairs = at + record.getShort(at + 32);
            int length = record.getInt(at + 4);
            record.position(pairs);
            record.put((byte) 2).putShort((short) cluster);
            record.put((byte) 0x21).put((byte) 1).putShort((short) cluster);
            record.put((byte) 2).putShort((short) (clusters - cluster - 1)).put((byte) 0);
            int longer = (record.position() - at + 7 & ~7) - length;
            record.putInt(at + 4, length + longer).putInt(at + length + longer, -1);
            record.putInt(24, record.getInt(24) + longer);
            swapChecks(record, true);
            disk.write(table + 8 * RECORD, record.clear());

            ByteBuffer bitmap = read(disk, table + 6 * RECORD, RECORD);
            int runs = lastAttribute(bitmap);
            int run = runs + bitmap.getShort(runs + 32);
            int ofCount = bitmap.get(run) & 0xF;
            long first = bitmap.get(run) >> 4 == 1 ? bitmap.get(run + 1 + ofCount) : bitmap.getShort(run + 1 + ofCount);
            ByteBuffer bits = read(disk, first * CLUSTER, CLUSTER);
            bits.put(cluster / 8, (byte) (bits.get(cluster / 8) | 1 << cluster % 8));
            disk.write(first * CLUSTER, bits);
        }
    }

    private static ByteBuffer read(Disk disk, long offset, int length) throws IOException {
        ByteBuffer octets = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        disk.read(offset, octets);
        return octets.clear();
    }

    private static int lastAttribute(ByteBuffer record) {
        int last = record.getShort(20);
        for (int at = last; record.getInt(at) != -1; at += record.getInt(at + 4)) {
            last = record.getInt(at) == 0x80 ? at : last;
        }
        return last;
    }

    /** The last two octets of each sector are kept in the record's head, with a number in their place. */
    private static void swapChecks(ByteBuffer record, boolean onDisk) {
        int checks = record.getShort(4);
        for (int i = 1; i <= RECORD / SECTOR; i++) {
            int end = i * SECTOR - 2;
            if (onDisk) {
                record.putShort(checks + 2 * i, record.getShort(end));
            }
            record.putShort(end, record.getShort(onDisk ? checks : checks + 2 * i));
        }
    }
}
