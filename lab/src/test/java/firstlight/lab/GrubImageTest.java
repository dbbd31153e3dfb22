package firstlight.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class GrubImageTest {
    private static long littleEndian(byte[] octets, int offset) {
        return ByteBuffer.wrap(octets).order(ByteOrder.LITTLE_ENDIAN).getLong(offset);
    }

    @Test
    void theMasterBootRecordKnowsWhereTheCoreImageBegins() {
        byte[] record = GrubImage.masterBootRecord(new byte[512], 2048);
        assertThat(littleEndian(record, 0x5C)).isEqualTo(2048);
    }

    @Test
    void theMasterBootRecordLeavesTheDisksPartitionTableAlone() {
        assertThat(GrubImage.masterBootRecord(new byte[512], 2048)).hasSizeLessThanOrEqualTo(440);
    }

    @Test
    void theCoreImagesFirstSectorKnowsWhereTheRestIs() {
        assertThat(littleEndian(GrubImage.core(new byte[1024], 2048, 2), 500)).isEqualTo(2049);
    }

    @Test
    void aCoreImageThatDoesNotFitItsPartitionIsRefused() {
        assertThatThrownBy(() -> GrubImage.core(new byte[1025], 2048, 2)).hasMessageContaining("too many");
    }
}
