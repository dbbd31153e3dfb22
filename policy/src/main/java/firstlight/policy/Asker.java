package firstlight.policy;

import firstlight.policy.IdentityKey.Kind;
import java.util.Set;

/**
 * Who asks, and what is open to it. Follows from its marks, from the devices that share one of them and from the rule book, and from nothing
 * else.
 *
 * @param marks what it shows, without shared adapters
 * @param byUuidAlone whether nothing but a UUID, which other PCs may have, says that it is the device that it is taken for
 */
record Asker(Set<IdentityKey> marks, Recognition recognition, Party party, boolean byUuidAlone) {
    /** Whether it shows no other mark, as firmware at a shared dock does. */
    boolean showsUuidAlone() {
        for (IdentityKey mark : marks) {
            if (mark.kind() != Kind.UUID) {
                return false;
            }
        }
        return true;
    }
}
