package firstlight.server.sites;

import firstlight.image.chunk.ChunkFrame;
import firstlight.image.chunk.ChunkId;
import firstlight.image.store.VersionNotes;
import java.io.IOException;
import java.util.List;

/** Another server. Nothing that it says is believed before it was compared with a hash. Used by many threads. */
interface Peer {
    PeerSettings settings();

    default String name() {
        return settings().name();
    }

    /** All that it has, by name and number; not those that are damaged there. */
    List<RemoteVersion> versions() throws IOException;

    /** What was done to a version there, the oldest first. */
    List<VersionNotes.Entry> history(RemoteVersion version) throws IOException;

    /** The manifest's file. */
    byte[] manifest(RemoteVersion version) throws IOException;

    /** Those of {@code ids} that it has, in their order. */
    List<ChunkFrame> chunks(List<ChunkId> ids) throws IOException;
}
