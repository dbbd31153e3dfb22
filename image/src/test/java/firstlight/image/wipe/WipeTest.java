package firstlight.image.wipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.ImageFailure;
import firstlight.image.Progress;
import firstlight.image.disk.Access;
import firstlight.image.disk.DiskFile;
import firstlight.image.disk.Tool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WipeTest {
    private static final int SIZE = 40 << 20;
    private static final long PARTITION = 20L << 20;

    @TempDir
    Path folder;

    private Path file = Path.of("");

    @BeforeEach
    void aDiskFullOfData() throws IOException {
        file = folder.resolve("disk");
        byte[] data = new byte[SIZE];
        new Random(7).nextBytes(data);
        Files.write(file, data);
        Path script = Files.writeString(folder.resolve("script"), "label: gpt\nstart=40960\n");
        Tool tool = Tool.run(List.of("sh", "-c", "sfdisk -q '" + file + "' < '" + script + "'"));
        assertThat(tool.succeeded()).as(tool.output()).isTrue();
    }

    @Test
    void zerosLeaveNothing() throws IOException {
        assertThat(wipe(Wipe.Method.ZEROS)).isEqualTo(SIZE);
        assertThat(Files.readAllBytes(file)).containsOnly(0);
    }

    /** What a disk only promises to read as zeros (unmapped, by NVMe's deallocate) may still lie in its cells. */
    @Test
    void zerosAreWrittenEverywhere() throws IOException {
        wipe(Wipe.Method.ZEROS);
        Tool blocks = Tool.run(List.of("stat", "-c", "%b", file.toString()));
        assertThat(Long.parseLong(blocks.output().strip())).isGreaterThanOrEqualTo(SIZE / 512);
    }

    @Test
    void randomDataIsNeitherWhatWasThereNorTwiceTheSame() throws IOException {
        byte[] before = Files.readAllBytes(file);
        wipe(Wipe.Method.RANDOM);
        byte[] first = Files.readAllBytes(file);
        wipe(Wipe.Method.RANDOM);
        byte[] second = Files.readAllBytes(file);

        assertThat(same(before, first)).isLessThan(SIZE / 200);
        assertThat(same(first, second)).isLessThan(SIZE / 200);
    }

    @Test
    void signaturesGoFromTheEndsOfDiskAndPartitionsAndTheRestStays() throws IOException {
        byte[] before = Files.readAllBytes(file);
        wipe(Wipe.Method.SIGNATURES);
        byte[] after = Files.readAllBytes(file);

        assertThat(Tool.run(List.of("sfdisk", "-d", file.toString())).succeeded())
                .as("a partition table is left")
                .isFalse();
        assertThat(Arrays.copyOfRange(after, (int) PARTITION, (int) PARTITION + 4096))
                .containsOnly(0);
        int middle = (int) PARTITION + (8 << 20);
        assertThat(after[middle]).isEqualTo(before[middle]);
    }

    @Test
    void aDiskThatKeepsItsOldDataIsNotReportedWiped() throws IOException {
        try (DiskFile disk = DiskFile.open(file, 512, Access.READ_WRITE)) {
            Progress spoil = (phase, done, total) -> {
                if (phase == Progress.Phase.VERIFYING && done == 0) {
                    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                        channel.write(ByteBuffer.wrap(new byte[] {1}), 12_345_678);
                    }
                }
            };
            assertThatThrownBy(() -> Wipe.wipe(disk, Wipe.Method.ZEROS, spoil))
                    .isInstanceOf(ImageFailure.class)
                    .hasMessageContaining("12345678");
        }
    }

    @Test
    void aFileHasNoEraseOfItsOwnAndIsToldWhatToUse() {
        assertThatThrownBy(() -> wipe(Wipe.Method.DEVICE))
                .isInstanceOf(ImageFailure.class)
                .hasMessageContaining("Wipe it with zeros");
    }

    /** A server that heard nothing for hours would take the PC for gone. */
    @Test
    void thatADiskErasesItselfIsToldBefore() throws IOException {
        List<Progress.Phase> told = new ArrayList<>();
        try (DiskFile disk = DiskFile.open(file, 512, Access.READ_WRITE)) {
            assertThatThrownBy(() -> Wipe.wipe(disk, Wipe.Method.DEVICE, (phase, done, total) -> told.add(phase)))
                    .isInstanceOf(ImageFailure.class);
        }
        assertThat(told).containsExactly(Progress.Phase.WIPING);
    }

    private long wipe(Wipe.Method method) throws IOException {
        try (DiskFile disk = DiskFile.open(file, 512, Access.READ_WRITE)) {
            return Wipe.wipe(disk, method, Progress.SILENT);
        }
    }

    private static long same(byte[] one, byte[] other) {
        long same = 0;
        for (int i = 0; i < one.length; i++) {
            same += one[i] == other[i] ? 1 : 0;
        }
        return same;
    }
}
