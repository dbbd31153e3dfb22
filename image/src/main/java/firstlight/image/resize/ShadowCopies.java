package firstlight.image.resize;

import firstlight.image.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;

/** Of an NTFS, by Windows' volume snapshot service: their catalog and stores name places on the volume (libvshadow). */
final class ShadowCopies {
    private static final int BOOT_AREA = 8192;
    private static final int HEADER = 0x1E00;
    /** 3808876b-c176-4e48-b7ae-04046e6cc752. */
    private static final String IDENTIFIER = "6b87083876c1484eb7ae04046e6cc752";

    private static final int CATALOG = HEADER + 0x30;

    private ShadowCopies() {}

    /** Whether it has any: a volume that had some once has no catalog any more. */
    static boolean are(Disk ntfs) throws IOException {
        if (ntfs.size() < BOOT_AREA) {
            return false;
        }
        ByteBuffer area = ByteBuffer.allocate(BOOT_AREA);
        ntfs.read(0, area);
        return HexFormat.of().formatHex(area.array(), HEADER, HEADER + 16).equals(IDENTIFIER)
                && area.order(ByteOrder.LITTLE_ENDIAN).getLong(CATALOG) != 0;
    }
}
