package firstlight.netboot.files;

/** The boot-file namespace, read only. May block (disk, database): not for event loops. */
public interface BootFiles {
    /** @param name as the client wrote it: with backslashes, double slashes, junk at its end, or an attempt to get out */
    Finding find(String name, Requester requester);
}
