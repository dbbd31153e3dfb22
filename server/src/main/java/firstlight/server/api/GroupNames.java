package firstlight.server.api;

import java.util.Optional;

/** Groups between people, who say names, and records, which hold numbers. */
interface GroupNames {
    Optional<Long> number(String name);

    Optional<String> name(long number);
}
