package firstlight.server.api;

import firstlight.image.ImageFailure;
import firstlight.image.chunk.ChunkFrame;
import firstlight.image.chunk.ChunkId;
import firstlight.image.chunk.ChunkWire;
import firstlight.image.chunk.DamagedChunk;
import firstlight.image.store.ImageStore;
import firstlight.image.store.ImageVersion;
import firstlight.server.access.Permission;
import firstlight.server.sites.Pace;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/**
 * What another server asks that pulls images: the manifest of a version,
 * and chunks by their ids. Asked by {@code HttpsPeer} of the other server.
 */
final class PullRoutes {
    /** About 64 MiB of chunks: an answer should not take minutes. */
    private static final int MOST = 256;

    private final ImageStore images;
    private final ImageFinder finder;
    private final Acts acts;
    private final Pace pace;

    PullRoutes(ImageStore images, Acts acts, Pace pace) {
        this.images = images;
        this.finder = new ImageFinder(images);
        this.acts = acts;
        this.pace = pace;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/images/{image}/{version}/manifest", Permission.PULL, this::manifest),
                Route.post("/image-chunks", Permission.PULL, this::chunks).octets());
    }

    /** Audited: this is where a pull begins. */
    private Answer manifest(Request request) throws IOException, ApiProblem {
        ImageVersion version = finder.find(request.variable("image"), request.variable("version"));
        try {
            byte[] manifest = images.encoded(version);
            acts.record(request, "image.pulled", List.of(), version.name());
            return Answer.stream(into -> pace.out(into).write(manifest));
        } catch (ImageFailure damaged) {
            throw ApiProblem.conflict(damaged.what() + ": " + damaged.cause(), damaged.cure());
        }
    }

    private Answer chunks(Request request) throws IOException, ApiProblem {
        // One octet more than allowed tells that there are more.
        byte[] body = request.octets().readNBytes(MOST * ChunkId.LENGTH + 1);
        if (body.length == 0 || body.length > MOST * ChunkId.LENGTH || body.length % ChunkId.LENGTH != 0) {
            throw ApiProblem.of(
                    ProblemKind.NOT_UNDERSTOOD,
                    "the body is no list of chunk ids",
                    "send 1 to " + MOST + " SHA-256, of 32 octets each");
        }
        List<ChunkId> ids = ChunkWire.ids(body);
        return Answer.stream(into -> write(images, ids, pace.out(into)));
    }

    /**
     * One after the other: what is not here is left out, and the asker sees it. Where that cannot be said just now, as while an S3
     * server refuses, the answer breaks off, and is asked for again.
     */
    static void write(ImageStore images, List<ChunkId> ids, OutputStream into) throws IOException {
        for (ChunkId id : ids) {
            List<byte[]> frame;
            try {
                frame = images.source().get(List.of(id));
            } catch (DamagedChunk damaged) {
                continue;
            } catch (ImageFailure failure) {
                if (images.lacking(List.of(id)).isEmpty()) {
                    throw failure;
                }
                continue;
            }
            ChunkWire.writePut(into, List.of(new ChunkFrame(id, frame.getFirst())));
        }
    }
}
