package firstlight.database;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.model.FactName;
import firstlight.model.Facts;
import firstlight.policy.Device;
import firstlight.policy.NewDevice;
import firstlight.policy.Registration;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/** For each test an empty database, of the kind that the test's class is run with. */
class OnEachStorage {
    static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

    @TempDir
    private Path directory;

    @Parameter
    private TestStorage kind;

    private Storage storage;
    Database database;

    @BeforeEach
    void create() {
        storage = kind.fresh(directory);
        database = Database.open(storage, NOW);
    }

    @AfterEach
    void close() {
        database.close();
    }

    void restart() {
        database.close();
        database = Database.open(storage, NOW);
    }

    Device device(String serial) {
        Facts facts = Facts.NONE.with(FactName.SERIAL, serial);
        return database.devices().register(NewDevice.of(facts, Registration.REGISTERED), NOW);
    }

    static <T> T done(Kept<T> kept) {
        assertThat(kept).isInstanceOf(Kept.Done.class);
        return ((Kept.Done<T>) kept).value();
    }
}
