package firstlight.image.restore;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.resize.LeftNote;
import firstlight.image.table.Place;
import firstlight.image.table.TableSectors.Run;
import firstlight.model.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.assertj.core.data.Index;
import org.junit.jupiter.api.Test;

/** That it runs is seen in the lab (power-cut-restore). */
class UnfinishedNoticeTest {
    private static final int WORDS_AT = 0x3D;

    @Test
    void aBiosTakesItForABootRecordAndNobodyForATableOrADisksSignature() {
        for (int sectorSize : new int[] {512, 4096}) {
            byte[] sector = UnfinishedNotice.sector(sectorSize);
            assertThat(sector)
                    .hasSize(sectorSize)
                    .contains((byte) 0x55, Index.atIndex(510))
                    .contains((byte) 0xAA, Index.atIndex(511));
            assertThat(Arrays.copyOfRange(sector, 439, 510)).containsOnly(0);
            assertThat(Arrays.copyOfRange(sector, 512, sectorSize)).isEqualTo(new byte[sectorSize - 512]);
        }
    }

    /** Behind the words, before the signature: with as many as find room. */
    @Test
    void whatItKeepsOfPartitionsThatAreLeftIsNeitherTextNorSignature() {
        List<LeftNote.Left> left =
                Collections.nCopies(9, new LeftNote.Left(-1, new Place(Long.MAX_VALUE, Long.MAX_VALUE)));
        byte[] bare = UnfinishedNotice.sector(512);
        byte[] sector = bare.clone();
        LeftNote.put(left, sector);
        assertThat(Arrays.mismatch(sector, bare))
                .isEqualTo(LeftNote.AT)
                .isGreaterThan(WORDS_AT + UnfinishedNotice.WORDS.length());
        assertThat(Arrays.copyOfRange(sector, 439, 512)).isEqualTo(Arrays.copyOfRange(bare, 439, 512));
    }

    @Test
    void itsWordsBeginWhereItsCodeReadsThem() {
        byte[] sector = UnfinishedNotice.sector(512);
        int length = UnfinishedNotice.WORDS.length();
        assertThat(new String(sector, WORDS_AT, length, StandardCharsets.US_ASCII))
                .isEqualTo(UnfinishedNotice.WORDS);
        assertThat(sector[WORDS_AT + length]).isZero();
        assertThat(UnfinishedNotice.WORDS.lines()).allMatch(line -> line.length() < 80);
    }

    @Test
    void theOneOfAFailedDiskStaysOnTheScreen() {
        byte[] sector = UnfinishedNotice.failed(512);
        int length = UnfinishedNotice.FAILED.length();
        assertThat(Arrays.copyOfRange(sector, 0x22, 0x25))
                .as("hlt, and again")
                .isEqualTo(Bytes.ofHex("f4ebfd").toArray());
        assertThat(new String(sector, 0x25, length, StandardCharsets.US_ASCII)).isEqualTo(UnfinishedNotice.FAILED);
        assertThat(sector[0x25 + length]).isZero();
        assertThat(Bytes.of(Arrays.copyOfRange(sector, 0, 0x25)).toHex())
                .as("where its words are")
                .contains("be257c");
    }

    @Test
    void itIsWrittenOnlyWhereTheTableTakesItsPlace() {
        Run mbr = new Run(0, Bytes.of(new byte[512]));
        assertThat(UnfinishedNotice.goesAwayWith(List.of(mbr), 512)).isTrue();
        assertThat(UnfinishedNotice.goesAwayWith(List.of(mbr), 4096)).isFalse();
        assertThat(UnfinishedNotice.goesAwayWith(List.of(), 512)).isFalse();
        assertThat(UnfinishedNotice.goesAwayWith(List.of(new Run(512, Bytes.of(new byte[512]))), 512))
                .isFalse();
    }
}
