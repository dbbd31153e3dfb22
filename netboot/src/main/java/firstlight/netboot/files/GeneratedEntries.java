package firstlight.netboot.files;

import java.util.Optional;

/** Makes entries of the namespace for one requester: scripts, configuration files. Asked before the disk. */
@FunctionalInterface
public interface GeneratedEntries {
    /** Empty for names that are not of this kind; they are then looked for elsewhere. */
    Optional<Finding> find(BootPath path, Requester requester);
}
