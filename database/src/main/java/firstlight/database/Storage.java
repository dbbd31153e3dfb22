package firstlight.database;

import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/** Where the database is. */
public sealed interface Storage {
    /** One file in {@code directory}, for one server. */
    record Embedded(Path directory) implements Storage {}

    /**
     * A PostgreSQL, which several servers may share.
     *
     * @param url {@code jdbc:postgresql://HOST:PORT/DATABASE}
     * @param user empty: the driver's default, which is the account that the server runs as
     * @param password empty when the server asks for none
     */
    record PostgreSql(String url, String user, String password) implements Storage {
        public static final String PREFIX = "jdbc:postgresql://";

        private static final Pattern URL = Pattern.compile(Pattern.quote(PREFIX) + "[^/?@]+/[^/?]+(\\?.*)?");

        /** Empty when {@code url} is not {@code jdbc:postgresql://HOST/DATABASE}, or carries a name or a password. */
        public static Optional<PostgreSql> of(String url, String user, String password) {
            return URL.matcher(url).matches() && !url.contains("password=")
                    ? Optional.of(new PostgreSql(url, user, password))
                    : Optional.empty();
        }

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
