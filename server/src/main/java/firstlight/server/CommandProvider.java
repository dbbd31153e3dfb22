package firstlight.server;

import java.util.List;

/**
 * Adds commands to the command line; found by {@link java.util.ServiceLoader}.
 * So the rooms that use this one (lab) bring theirs, which it must not know.
 */
public interface CommandProvider {
    /** Objects or classes with picocli's {@code @Command}. */
    List<Object> commands();
}
