package firstlight.server.sites;

import firstlight.image.chunk.ChunkFrame;
import firstlight.image.chunk.ChunkId;
import firstlight.image.store.VersionNotes;
import java.io.IOException;
import java.util.List;

/**
 * Another server. Nothing that it says is believed before it was compared with a hash. Used by many threads. Each call is one request,
 * blocks until it is answered, and throws {@link PeerFailure} when it is not, or not well.
 */
interface Peer {
    PeerSettings settings();

    default String name() {
        return settings().name();
    }

    /** All that it has, by name and number; not those that are damaged there. Without their histories, which are asked for one by one. */
    List<RemoteVersion> versions() throws IOException;

    /** What was done to a version there, the oldest first. */
    List<VersionNotes.Entry> history(RemoteVersion version) throws IOException;

    /**
     * The manifest's file. As it is there, up to {@link firstlight.image.manifest.Manifest#MOST_OCTETS}; whether it is the right one the
     * caller finds out by its digest.
     */
    byte[] manifest(RemoteVersion version) throws IOException;

    /** Those of {@code ids} that it has, in their order. At most as many as were asked for; the caller looks whether they are those. */
    List<ChunkFrame> chunks(List<ChunkId> ids) throws IOException;
}
