package firstlight.database;

import java.sql.Types;
import org.jdbi.v3.core.argument.AbstractArgumentFactory;
import org.jdbi.v3.core.argument.Argument;
import org.jdbi.v3.core.config.ConfigRegistry;

/**
 * PostgreSQL keeps no NUL in a text and refuses the row; some firmwares pad their strings with it. Registered with JDBI for each text
 * that is bound; the journal's and the copy's own JDBC ask {@link #of}.
 */
final class NulFree extends AbstractArgumentFactory<String> {
    NulFree() {
        super(Types.VARCHAR);
    }

    @Override
    protected Argument build(String value, ConfigRegistry config) {
        String kept = of(value);
        return (position, statement, context) -> statement.setString(position, kept);
    }

    static String of(String text) {
        return text.indexOf('\0') < 0 ? text : text.replace("\0", "");
    }
}
