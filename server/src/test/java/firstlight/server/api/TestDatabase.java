package firstlight.server.api;

import firstlight.database.Storage;
import firstlight.testkit.PostgresServer;
import java.nio.file.Path;

/** Each kind of database that the API is tested on. */
enum TestDatabase {
    SQLITE,
    POSTGRESQL;

    /** A new, empty one. */
    Storage fresh(Path directory) {
        return switch (this) {
            case SQLITE -> new Storage.Embedded(directory.resolve("database"));
            case POSTGRESQL ->
                new Storage.PostgreSql(
                        PostgresServer.shared().newDatabase(), PostgresServer.USER, PostgresServer.PASSWORD);
        };
    }
}
