package firstlight.database;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * Brings the schema up to date: {@code 1.sql}, {@code 2.sql}..., each once and in a transaction of its own. A published file is
 * never changed. docs/adr/0005 says why this is no library.
 */
final class Migrations {
    private Migrations() {}

    static void apply(Jdbi jdbi) {
        jdbi.useHandle(handle -> {
            handle.execute("create table if not exists schema_version (version int primary key)");
            int version = handle.createQuery("select coalesce(max(version), 0) from schema_version")
                    .mapTo(Integer.class)
                    .one();
            for (String script = script(version + 1); script != null; script = script(version + 1)) {
                version++;
                run(handle, version, script);
            }
        });
    }

    private static void run(Handle handle, int version, String script) {
        handle.useTransaction(transaction -> {
            transaction.createScript(script).execute();
            transaction.execute("insert into schema_version (version) values (?)", version);
        });
    }

    private static @Nullable String script(int version) {
        try (InputStream in = Migrations.class.getResourceAsStream(version + ".sql")) {
            return in == null ? null : new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the database's migration " + version, e);
        }
    }
}
