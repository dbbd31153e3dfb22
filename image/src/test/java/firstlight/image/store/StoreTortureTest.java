package firstlight.image.store;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.Progress;
import firstlight.testkit.S3Server;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** {@link Torture} for some seconds; by {@code ./firstlight test --matrix} for a minute, and on an S3 server. */
class StoreTortureTest {
    private static final boolean MATRIX = "all".equals(System.getProperty("firstlight.matrix"));
    private static final long MILLISECONDS = MATRIX ? 60_000 : 3_000;
    private static final int KILLS = MATRIX ? 15 : 2;
    private static final int KILLS_ON_S3 = 6;

    @TempDir
    Path folder;

    private final long seed = Long.getLong("firstlight.seed", System.nanoTime() & 0xFFFF_FFFFL);
    private final Ledger ledger = new Ledger(seed);

    private ImageStore open(String name, Optional<URI> endpoint) throws IOException {
        return TortureForever.open(folder, name, endpoint);
    }

    private void torture(Optional<URI> endpoint) throws Exception {
        try (ImageStore store = open("store", endpoint);
                ImageStore replica = open("replica", endpoint)) {
            List<Throwable> failures;
            do { // on a busy machine nearly nothing may have been published until now
                failures = new Torture(store, replica, ledger, seed).run(MILLISECONDS);
            } while (failures.isEmpty() && ledger.size() <= 3);
            if (!failures.isEmpty()) {
                throw new AssertionError("seed " + seed, failures.getFirst());
            }
            assertThat(ledger.size()).as("seed %d", seed).isGreaterThan(3);
            ledger.check(store);
            ledger.checkNothingElse(store);
        }
        for (int start = 0; start < 2; start++) {
            checkAfterAStart(endpoint);
        }
        try (ImageStore store = open("store", endpoint)) {
            ledger.checkNothingElse(store);
        }
    }

    /** And that tidying leaves nothing to tidy. */
    private void checkAfterAStart(Optional<URI> endpoint) throws IOException {
        try (ImageStore store = open("store", endpoint);
                ImageStore replica = open("replica", endpoint)) {
            ledger.check(store);
            for (ImageVersion version : replica.list()) {
                Torture.readAll(replica, version);
            }
            store.repack(6, 1, Progress.SILENT);
            store.collect(false, Progress.SILENT);
            ledger.check(store);
            assertThat(store.collect(true, Progress.SILENT).packs())
                    .as("seed %d", seed)
                    .isZero();
        }
    }

    private void kill(Optional<URI> endpoint, int kills) throws Exception {
        Random random = new Random(seed);
        for (int round = 0; round < kills; round++) {
            List<String> arguments = new ArrayList<>(List.of(folder.toString(), String.valueOf(seed + round)));
            endpoint.ifPresent(each -> arguments.add(each.toString()));
            TortureForever.untilKilled(random.nextInt(50, 1200), ledger, arguments);
            if (round % 2 == 0) { // else the next one begins with what the kill left behind
                checkAfterAStart(endpoint);
            }
        }
        checkAfterAStart(endpoint);
    }

    @Test
    @Timeout(300)
    void everythingAtOnceLosesNothingOnThisDisk() throws Exception {
        torture(Optional.empty());
    }

    @Test
    @Timeout(300)
    void everythingAtOnceLosesNothingWhenTheProcessIsKilled() throws Exception {
        kill(Optional.empty(), KILLS);
    }

    @Test
    @Timeout(300)
    @EnabledIfSystemProperty(named = "firstlight.matrix", matches = "all")
    void everythingAtOnceLosesNothingOnAnS3Server() throws Exception {
        try (S3Server server = S3Server.start(folder.resolve("server"))) {
            torture(Optional.of(server.endpoint()));
        }
    }

    @Test
    @Timeout(300)
    @EnabledIfSystemProperty(named = "firstlight.matrix", matches = "all")
    void everythingAtOnceLosesNothingOnAnS3ServerWhenTheProcessIsKilled() throws Exception {
        try (S3Server server = S3Server.start(folder.resolve("server"))) {
            kill(Optional.of(server.endpoint()), KILLS_ON_S3);
        }
    }
}
