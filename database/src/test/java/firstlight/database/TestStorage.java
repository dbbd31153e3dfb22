package firstlight.database;

import firstlight.testkit.PostgresServer;
import java.nio.file.Path;

/** Each kind of database that the conformance tests run on. */
enum TestStorage {
    SQLITE {
        @Override
        Storage fresh(Path directory) {
            return new Storage.Embedded(directory);
        }
    },
    POSTGRESQL {
        @Override
        Storage fresh(Path directory) {
            return postgres(PostgresServer.shared().newDatabase());
        }
    };

    abstract Storage fresh(Path directory);

    static Storage.PostgreSql postgres(String url) {
        return new Storage.PostgreSql(url, PostgresServer.USER, PostgresServer.PASSWORD);
    }
}
