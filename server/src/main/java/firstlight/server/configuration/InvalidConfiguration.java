package firstlight.server.configuration;

/** A configuration that cannot be used; the message names the key and what is allowed. One line; the server does not start with it. */
public final class InvalidConfiguration extends Exception {
    private static final long serialVersionUID = 1;

    InvalidConfiguration(String message) {
        super(message);
    }
}
