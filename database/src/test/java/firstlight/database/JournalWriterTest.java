package firstlight.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalWriterTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    private static final long OTHERS = 1_000_000;

    @TempDir
    private Path directory;

    @Test
    void ofBootsThatAreAnotherServersAsWellTheLatestAreRemembered() {
        try (SqliteBackend backend = new SqliteBackend(directory)) {
            Migrations.apply(backend);
            long last = JournalWriter.MERGED + 1L;
            try (JournalWriter writer = new JournalWriter(backend, new Changes(backend))) {
                for (long boot = 1; boot <= last; boot++) {
                    writer.merge(boot, boot + OTHERS);
                }
                for (long boot : new long[] {1, 2, last}) {
                    writer.write(new Journal.Event(0, boot, NOW, 1, "offer", ""));
                }
                writer.flush();
            }
            List<Long> noted = backend.read(handle -> handle.createQuery("select boot from event order by id")
                    .mapTo(Long.class)
                    .list());
            assertThat(noted).containsExactly(1L, 2 + OTHERS, last + OTHERS);
        }
    }
}
