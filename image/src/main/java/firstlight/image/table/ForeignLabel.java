package firstlight.image.table;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Disk labels of other systems (libfdisk's sun.h, sgi.h, bsd.h). Their first partition may begin where the disk does: what looks
 * like a file system across the disk is then only the first of several.
 */
final class ForeignLabel {
    private static final int SUN = 0xDABE;
    private static final int SGI = 0x0BE5_A941;
    private static final int BSD = 0x8256_4557;

    private ForeignLabel() {}

    /** @param start of the disk, four sectors of 512 octets */
    static Optional<String> in(byte[] start) {
        ByteBuffer big = ByteBuffer.wrap(start);
        if ((big.getShort(508) & 0xFFFF) == SUN && xorOfSector(big) == 0) {
            return Optional.of("Sun");
        }
        if (big.getInt(0) == SGI) {
            return Optional.of("SGI");
        }
        // In the second sector on PCs; on Alpha at octet 64 of the first. It has its mark twice.
        for (int at : new int[] {512, 64}) {
            ByteBuffer little = GptEntry.little(start);
            if (little.getInt(at) == BSD && little.getInt(at + 132) == BSD) {
                return Optional.of("BSD");
            }
        }
        return Optional.empty();
    }

    private static int xorOfSector(ByteBuffer big) {
        int xor = 0;
        for (int at = 0; at < 512; at += 2) {
            xor ^= big.getShort(at);
        }
        return xor;
    }
}
