package firstlight.image.store;

import firstlight.image.chunk.ChunkId;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A chunk of an image that the store cannot give any more, and what of the disks it was.
 *
 * @param cause in words
 * @param places all that it stands for
 */
public record Damage(ChunkId chunk, String cause, List<Place> places) {
    public Damage {
        places = List.copyOf(places);
    }

    /**
     * Octets of a captured disk, or of an add-on's file.
     *
     * @param disk 1, 2, 3...; 0 for a file
     * @param region its name for people, or the file's path
     * @param offset from the start of the disk, or among the file's octets that are no holes
     */
    public record Place(int disk, String region, long offset, long length) {
        @Override
        public String toString() {
            if (disk == 0) {
                return "file " + region + ", " + length + " octets at offset " + offset;
            }
            return "disk " + disk + ", " + region + ", " + length + " octets at offset " + offset;
        }
    }

    /** {@code disk 1, partition 2 (ext4), 262144 octets at offset 1048576: chunk 1b2c... is damaged} and why. */
    @Override
    public String toString() {
        return places.stream().map(Place::toString).collect(Collectors.joining("; ")) + ": chunk " + chunk + ": "
                + cause;
    }
}
