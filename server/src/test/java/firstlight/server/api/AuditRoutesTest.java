package firstlight.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.policy.NewDevices;
import firstlight.policy.Settings;
import firstlight.policy.access.AuditEntry;
import firstlight.policy.access.AuditLog;
import firstlight.policy.level.PolicyValues;
import firstlight.policy.work.Limits;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditRoutesTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    private static final int ENTRIES = 5_000;

    @TempDir
    private Path directory;

    private int asked;

    private final AuditLog log = new AuditLog() {
        @Override
        public AuditEntry append(AuditEntry entry) {
            throw new UnsupportedOperationException("the audit is read only here");
        }

        @Override
        public List<AuditEntry> entries(long device, long before, int limit) {
            asked++;
            long newest = before == 0 ? ENTRIES : before - 1;
            return LongStream.rangeClosed(Math.max(1, newest - limit + 1), newest)
                    .mapToObj(id -> new AuditEntry(id, NOW, id == 2 ? "ann" : "bob", "here", "work", List.of(), ""))
                    .toList()
                    .reversed();
        }
    };

    private Answer answer(ApiServer server, Map<String, String> parameters) throws Exception {
        Settings settings = new Settings(NewDevices.REGISTER, "Press F8", PolicyValues.NONE, Limits.NONE);
        DeviceFinder finder = new DeviceFinder(
                server.database.devices(), () -> server.database.policy().book(), settings);
        asked = 0;
        return new AuditRoutes(log, finder)
                .routes()
                .getFirst()
                .handler()
                .answer(new Request(
                        "GET",
                        List.of("audit"),
                        Map.of(),
                        parameters,
                        Body.NONE,
                        "",
                        InputStream.nullInputStream(),
                        Optional.empty(),
                        new Request.Origin("here", "", Map.of(), Optional.empty(), ""),
                        NOW,
                        Optional.empty()));
    }

    /** Entry after entry, each by a query of its own, a long log took minutes. */
    @Test
    void whatAPersonDidIsLookedForInLargePartsHoweverFewAreWanted() throws Exception {
        try (ApiServer server = new ApiServer(directory, 2)) {
            assertThat(answer(server, Map.of("who", "ann", "limit", "1")).body())
                    .contains("\"entry\":2,");
            assertThat(asked).isEqualTo(5);
            assertThat(answer(server, Map.of("who", "bob", "limit", "1")).body())
                    .contains("\"entry\":5000,", "\"next\":\"5000\"");
            assertThat(asked).isOne();
        }
    }
}
