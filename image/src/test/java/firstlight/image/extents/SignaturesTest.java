package firstlight.image.extents;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SignaturesTest {
    /** The boot sector of a volume of BitLocker To Go: of FAT32, with an identifier where that has its program. */
    private static byte[] fat32(String guid) {
        UUID identifier = UUID.fromString(guid);
        ByteBuffer sector = ByteBuffer.allocate(512).order(ByteOrder.LITTLE_ENDIAN);
        sector.put(3, "MSWIN4.1".getBytes(StandardCharsets.US_ASCII));
        sector.putShort(11, (short) 512).put(13, (byte) 8).putShort(14, (short) 32);
        sector.put(16, (byte) 2).put(21, (byte) 0xF8);
        sector.put(82, "FAT32   ".getBytes(StandardCharsets.US_ASCII));
        // As Windows stores a GUID: three numbers of little endian, then octets.
        long first = identifier.getMostSignificantBits();
        sector.putInt(424, (int) (first >>> 32))
                .putShort(428, (short) (first >>> 16))
                .putShort(430, (short) first);
        sector.order(ByteOrder.BIG_ENDIAN).putLong(432, identifier.getLeastSignificantBits());
        return sector.putShort(510, (short) 0x55AA).array();
    }

    @ParameterizedTest
    @ValueSource(strings = {"4967d63b-2e29-4ad8-8399-f6a339e3d001", "92a84d3b-dd80-4d0e-9e4e-b1e3284eaed8"})
    void bitLockerToGoIsNotTakenForFat(String guid) {
        assertThat(Signatures.recognise(fat32(guid))).isEqualTo(FileSystem.BITLOCKER);
    }

    @Test
    void whatHasAnotherGuidThereIsFat() {
        assertThat(Signatures.recognise(fat32("4976d63b-2e29-4ad8-8399-f6a339e3d001")))
                .isEqualTo(FileSystem.FAT);
    }

    /** A superblock's few octets that tell an ext2, or the header of swap space. */
    private static byte[] marked(FileSystem fileSystem) {
        byte[] window = new byte[Signatures.WINDOW];
        ByteBuffer out = ByteBuffer.wrap(window).order(ByteOrder.LITTLE_ENDIAN);
        if (fileSystem == FileSystem.SWAP) {
            out.put(4086, "SWAPSPACE2".getBytes(StandardCharsets.US_ASCII)).putInt(1024, 1);
        } else {
            out.putShort(1024 + 0x38, (short) 0xEF53);
        }
        assertThat(Signatures.recognise(window)).isEqualTo(fileSystem);
        return window;
    }

    private static void assertNotBelieved(byte[] window, String marks) {
        assertThat(Signatures.recognise(window)).isEqualTo(FileSystem.UNKNOWN);
        assertThat(Signatures.contradiction(window).orElseThrow()).contains("the marks of " + marks);
    }

    /** newfs (FreeBSD, NetBSD, OpenBSD) leaves what is before its superblock: 64 KiB, 8 KiB of the older kind. */
    @ParameterizedTest
    @CsvSource({
        "EXT2, 65536, 0x19540119, LITTLE",
        "SWAP, 65536, 0x19540119, BIG",
        "EXT2, 8192, 0x00011954, LITTLE",
        "SWAP, 8192, 0x00011954, BIG"
    })
    void aUfsOverAnOlderMarkIsNotTakenForWhatWasThere(FileSystem old, int superblock, int magic, String order) {
        byte[] window = marked(old);
        ByteBuffer.wrap(window)
                .order(order.equals("BIG") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN)
                .putInt(superblock + 1372, magic);
        assertNotBelieved(window, old.word() + " and ufs");
    }

    @Test
    void aBsdsDiskLabelOverAnOlderMarkIsNotTakenForWhatWasThere() {
        byte[] window = marked(FileSystem.EXT2);
        ByteBuffer.wrap(window).order(ByteOrder.LITTLE_ENDIAN).putInt(512, 0x8256_4557);
        assertNotBelieved(window, "ext2 and bsd");
    }

    @Test
    void aUdfOverAnOlderMarkIsNotTakenForWhatWasThere() {
        byte[] window = marked(FileSystem.SWAP);
        ByteBuffer.wrap(window).put(32768, "\0BEA01\1".getBytes(StandardCharsets.US_ASCII));
        assertNotBelieved(window, "swap and udf");
    }

    /** As FatFs, in cameras and printers, makes a FAT32: it writes sectors 0, 1, 6 and 7, and its tables from 32 on. */
    @Test
    void aFatOverAnExtWhoseSuperblockStayedIsNotTakenForThat() {
        byte[] window = marked(FileSystem.EXT2);
        ByteBuffer.wrap(window).put(0, fat32("00000000-0000-0000-0000-000000000000"));
        assertNotBelieved(window, "ext2 and vfat");
    }

    /** It may have numbers where FAT has its geometry; the word FAT it has not. */
    @Test
    void aBootLoadersSectorBeforeAnExtSaysNothing() {
        byte[] window = marked(FileSystem.EXT2);
        ByteBuffer.wrap(window)
                .put(0, fat32("00000000-0000-0000-0000-000000000000"))
                .put(3, "SYSLINUX".getBytes(StandardCharsets.US_ASCII))
                .put(82, new byte[8]);
        assertThat(Signatures.recognise(window)).isEqualTo(FileSystem.EXT2);
    }
}
