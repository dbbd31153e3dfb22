package firstlight.image.resize;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.table.Place;
import firstlight.model.Bytes;
import java.util.List;
import org.junit.jupiter.api.Test;

class LeftNoteTest {
    private static final List<LeftNote.Left> LEFT = List.of(new LeftNote.Left(-7, new Place(17L << 20, 8L << 20)));

    private static byte[] record() {
        byte[] sector = new byte[512];
        Bytes.ofHex("fa31c08ed8").copyTo(sector, 0);
        sector[510] = 0x55;
        sector[511] = (byte) 0xAA;
        LeftNote.put(LEFT, sector);
        return sector;
    }

    @Test
    void isReadFromTheRecordThatItWasPutInto() {
        assertThat(LeftNote.of(record())).isEqualTo(LEFT);
    }

    @Test
    void isBelievedNoMoreOnceSomebodyWipedTheDiskOrGaveItATable() {
        byte[] wiped = record();
        wiped[510] = 0;
        wiped[511] = 0;
        assertThat(LeftNote.of(wiped)).as("wipefs").isEmpty();

        byte[] tabled = record();
        tabled[446 + 4] = (byte) 0x83;
        assertThat(LeftNote.of(tabled)).as("sfdisk").isEmpty();

        byte[] loader = record();
        Bytes.ofHex("eb6390").copyTo(loader, 0);
        assertThat(LeftNote.of(loader)).as("grub-install").isEmpty();
    }
}
