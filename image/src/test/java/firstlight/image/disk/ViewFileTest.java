package firstlight.image.disk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ViewFileTest {
    private static final byte[] CONTENT = new byte[5_000_000];

    static {
        new Random(7).nextBytes(CONTENT);
    }

    private record Octets() implements Source {
        @Override
        public long size() {
            return CONTENT.length;
        }

        @Override
        public void read(long offset, ByteBuffer into) {
            into.put(CONTENT, (int) offset, into.remaining());
        }
    }

    @Test
    void programsReadWhatTheSourceHoldsAndCannotWriteIt() throws IOException {
        Path path;
        try (ViewFile view = ViewFile.of(new Octets())) {
            path = view.path();
            assertThat(Files.size(path)).isEqualTo(CONTENT.length);
            Path copy = Files.createTempFile("copy", "");
            assertThat(Tool.run(List.of("cp", path.toString(), copy.toString())).succeeded())
                    .isTrue();
            assertThat(Files.readAllBytes(copy)).isEqualTo(CONTENT);
            Files.delete(copy);
            Tool write = Tool.run(List.of("dd", "if=/dev/zero", "of=" + path, "count=1", "conv=notrunc"));
            assertThat(write.succeeded()).isFalse();
            assertThat(write.output()).contains("Input/output error");
        }
        assertThat(path).doesNotExist();
    }
}
