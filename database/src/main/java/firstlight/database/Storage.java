package firstlight.database;

import java.nio.file.Path;

/** Where the database is. */
public sealed interface Storage {
    /** One file in {@code directory}, for one server. */
    record Embedded(Path directory) implements Storage {}

    /**
     * A PostgreSQL, which several servers may share.
     *
     * @param url {@code jdbc:postgresql://HOST:PORT/DATABASE}
     * @param password empty when the server asks for none
     */
    record PostgreSql(String url, String user, String password) implements Storage {
        public static final String PREFIX = "jdbc:postgresql://";

        /** For people: without what a URL may carry behind the question mark. */
        public String name() {
            int options = url.indexOf('?');
            return options < 0 ? url : url.substring(0, options);
        }

        @Override
        public String toString() {
            return "PostgreSql[" + name() + " as " + user + "]";
        }
    }
}
