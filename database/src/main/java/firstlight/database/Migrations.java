package firstlight.database;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Brings the schema up to date: {@code 1.sql}, {@code 2.sql}..., each once and in a transaction of its own. A published file is
 * never changed. {@code 2.postgresql.sql} is what only that dialect needs besides. docs/adr/0005 says why this is no library.
 */
final class Migrations {
    private Migrations() {}

    /**
     * Before any store is made. What is broken off leaves the schema at the last whole script, and the next start goes on there.
     *
     * @throws DatabaseFailure when a newer Firstlight was here before
     */
    static void apply(Backend backend) {
        int version = backend.write(handle -> {
            backend.unhurried(handle);
            backend.exclusively(handle, Backend.Matter.MIGRATION);
            handle.execute("create table if not exists schema_version (version int primary key)");
            return version(handle);
        });
        int known = newest();
        if (version > known) {
            throw DatabaseFailure.newer(version, known);
        }
        for (int next = version + 1; next <= known; next++) {
            run(backend, next);
        }
    }

    /** Another server may be at it as well: whoever comes second finds it done. */
    private static void run(Backend backend, int version) {
        backend.run(handle -> {
            backend.unhurried(handle);
            backend.exclusively(handle, Backend.Matter.MIGRATION);
            if (version(handle) < version) {
                handle.createScript(backend.translated(read(version + ".sql"))).execute();
                String more = find(version + "." + backend.dialect() + ".sql");
                if (more != null) {
                    handle.createScript(more).execute();
                }
                handle.execute("insert into schema_version (version) values (?)", version);
            }
        });
    }

    /** The last script that was applied; 0 for none. */
    static int version(Handle handle) {
        return handle.createQuery("select coalesce(max(version), 0) from schema_version")
                .mapTo(Integer.class)
                .one();
    }

    /** The last script of this build: they are numbered without a gap. */
    static int newest() {
        int version = 0;
        while (Migrations.class.getResource(version + 1 + ".sql") != null) {
            version++;
        }
        return version;
    }

    private static String read(String name) {
        String text = find(name);
        if (text == null) {
            throw new IllegalStateException(name + " is not in this build");
        }
        return text;
    }

    /** Null when this build has none. */
    private static @Nullable String find(String name) {
        try (InputStream in = Migrations.class.getResourceAsStream(name)) {
            return in == null ? null : new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the database's migration " + name, e);
        }
    }
}
