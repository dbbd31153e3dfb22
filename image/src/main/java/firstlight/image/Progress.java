package firstlight.image;

import java.io.IOException;

/** Hears how far the work is. Called by one thread at a time, several times a second at most. */
@FunctionalInterface
public interface Progress {
    Progress SILENT = (phase, done, total) -> {};

    enum Phase {
        /** Finding out which blocks are in use; counts disks, not octets. */
        MAPPING,
        /** Reading, hashing, compressing and sending. */
        CAPTURING,
        /** Fetching and writing. */
        RESTORING,
        /** Reading back and comparing. */
        VERIFYING,
        /** Laying the files of an add-on down. */
        ADDING,
        /** Overwriting what a disk holds. */
        WIPING,
        /** Going through a store's packs for what nobody needs; counts packs, not octets. */
        COLLECTING,
        /** Writing a store's packs anew at a higher level of compression. */
        PACKING,
        /** Copying an image into a file or out of one. */
        COPYING
    }

    /**
     * Octets of content, not of the wire. Throwing stops the work: that is how a cancelled work ends.
     *
     * @param total what {@code done} will reach at the end of {@code phase}
     */
    void progress(Phase phase, long done, long total) throws IOException;

    /**
     * Waits for the word that the work is still wanted: to be called before
     * what cannot be taken back. Throws, as {@link #progress}, where it is not.
     */
    default void stillWanted() throws IOException {}
}
