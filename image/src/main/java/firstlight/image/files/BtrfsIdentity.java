package firstlight.image.files;

import firstlight.image.Disk;
import firstlight.image.ImageFailure;
import firstlight.model.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * Gives a Btrfs another UUID. Linux takes devices with one UUID for parts of one file system: of two versions of an image it
 * would show one twice, or mix one with this host's own disk. The old UUID stays as that of the metadata
 * (METADATA_UUID, Linux 5.0), so that nothing but the superblock changes; offsets as in linux/btrfs_tree.h.
 */
final class BtrfsIdentity {
    private static final long SUPERBLOCK = 64 << 10;
    private static final int SIZE = 4096;
    /** Octets at the block's beginning, over all behind them; crc32c fills the first four. */
    private static final int CHECKSUM = 32;

    private static final int FSID = 32;
    private static final int DEVICES = 136;
    private static final int INCOMPAT = 188;
    private static final int CHECKSUM_TYPE = 196;
    private static final int METADATA_UUID = 571;
    private static final long HAS_METADATA_UUID = 1 << 10;

    private static final int CRC32C = 0;
    private static final int SHA256 = 2;

    private BtrfsIdentity() {}

    /**
     * @param disk an overlay: what is changed is the superblock that the kernel reads, not its copies
     * @throws ImageFailure when it is on several devices, or has checksums of another kind than crc32c and SHA-256
     */
    static void renew(Disk disk) throws IOException {
        ByteBuffer block = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);
        disk.read(SUPERBLOCK, block);
        int type = block.getShort(CHECKSUM_TYPE);
        if (block.getLong(DEVICES) != 1) {
            throw failure(disk, "it is spread over " + block.getLong(DEVICES) + " devices");
        }
        if (type != CRC32C && type != SHA256) {
            throw failure(disk, "it has checksums of type " + type);
        }
        if ((block.getLong(INCOMPAT) & HAS_METADATA_UUID) == 0) {
            block.put(METADATA_UUID, block.array(), FSID, 16);
            block.putLong(INCOMPAT, block.getLong(INCOMPAT) | HAS_METADATA_UUID);
        }
        UUID fresh = UUID.randomUUID();
        block.putLong(FSID, fresh.getMostSignificantBits()).putLong(FSID + 8, fresh.getLeastSignificantBits());
        block.put(0, checksum(type, block.array()));
        disk.write(SUPERBLOCK, block.rewind());
    }

    private static byte[] checksum(int type, byte[] block) {
        if (type == SHA256) {
            MessageDigest digest = Sha256.fresh();
            digest.update(block, CHECKSUM, SIZE - CHECKSUM);
            return digest.digest();
        }
        CRC32C crc = new CRC32C();
        crc.update(block, CHECKSUM, SIZE - CHECKSUM);
        return ByteBuffer.allocate(CHECKSUM)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt((int) crc.getValue())
                .array();
    }

    private static ImageFailure failure(Disk disk, String cause) {
        return new ImageFailure(
                "The files of " + disk.name() + " (Btrfs) cannot be read",
                cause,
                "'firstlight image serve' gives the octets to other tools");
    }
}
