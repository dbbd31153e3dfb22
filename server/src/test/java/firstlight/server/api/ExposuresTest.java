package firstlight.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.policy.NewDevices;
import firstlight.policy.RuleBook;
import firstlight.policy.Settings;
import firstlight.policy.level.PolicyValues;
import firstlight.policy.work.Limits;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExposuresTest {
    @TempDir
    private Path directory;

    /** 50,000 devices are not held against 200 rules for an answer that nobody uses. */
    @Test
    void areNotLookedForWhereNothingWaitsForASecondPerson() throws Exception {
        try (ApiServer server = new ApiServer(directory, 0)) {
            server.device("pc1", "52:54:00:00:00:01", "x");
            server.call(
                    "POST", "/rules", "{'name': 'r', 'when': 'always', 'task': {'kind': 'wipe', 'method': 'zeros'}}");
            RuleBook with = server.database.policy().book();
            server.call("DELETE", "/rules/1", "");
            for (int above : List.of(0, 1)) {
                Exposures exposures = new Exposures(
                        server.database.devices(),
                        server.database.policy(),
                        server.database.schedules(),
                        new Settings(NewDevices.REGISTER, "Press F8", PolicyValues.NONE, Limits.NONE),
                        above);
                assertThat(exposures.by(with)).hasSize(above);
            }
        }
    }
}
