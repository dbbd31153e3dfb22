package firstlight.server.api;

import java.util.Optional;

/**
 * Groups between people, who say names, and records, which hold numbers. As
 * the rule book has them at the moment; empty for one that is not there.
 */
interface GroupNames {
    Optional<Long> number(String name);

    Optional<String> name(long number);
}
