package firstlight.image.store;

import firstlight.image.chunk.ChunkId;
import java.util.List;
import java.util.stream.Collectors;

/** A chunk of an image that the store cannot give any more, and what of the disks it was. */
public record Damage(ChunkId chunk, String cause, List<Place> places) {
    public Damage {
        places = List.copyOf(places);
    }

    /**
     * Octets of a captured disk.
     *
     * @param disk 1, 2, 3...
     * @param region its name for people
     * @param offset from the start of the disk
     */
    public record Place(int disk, String region, long offset, long length) {
        @Override
        public String toString() {
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
