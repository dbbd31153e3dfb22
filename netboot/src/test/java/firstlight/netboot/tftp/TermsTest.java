package firstlight.netboot.tftp;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.wire.tftp.TftpOption.BlockSize;
import firstlight.wire.tftp.TftpPacket.ReadRequest;
import java.util.List;
import org.junit.jupiter.api.Test;

class TermsTest {
    private static int blockSize(int asked, int mtu) {
        Terms terms = Terms.negotiate(new ReadRequest("f", "octet", List.of(new BlockSize(asked))), 100_000, mtu, 64);
        assertThat(terms.answer()).containsExactly(new BlockSize(terms.blockSize()));
        return terms.blockSize();
    }

    @Test
    void aBlockFitsIntoAPacketOfTheServersLan() {
        assertThat(blockSize(1468, 1500)).isEqualTo(1468);
        assertThat(blockSize(1468, 1400)).isEqualTo(1368);
        assertThat(blockSize(8192, 1500)).isEqualTo(1468);
        assertThat(blockSize(512, 1400)).isEqualTo(512);
    }

    /** A switch drops what a PC's port does not take. */
    @Test
    void aServersJumboFramesAreNotSentToFirmware() {
        assertThat(blockSize(8192, 9000)).isEqualTo(1468);
        assertThat(blockSize(65_464, 65_536)).isEqualTo(1468);
    }
}
