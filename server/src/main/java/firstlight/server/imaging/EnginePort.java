package firstlight.server.imaging;

import firstlight.database.Boot;
import firstlight.database.DatabaseUnreachable;
import firstlight.database.Journal;
import firstlight.image.ImageFailure;
import firstlight.image.chunk.ChunkFrame;
import firstlight.image.chunk.ChunkId;
import firstlight.image.chunk.ChunkWire;
import firstlight.image.chunk.DamagedChunk;
import firstlight.image.manifest.Manifest;
import firstlight.image.manifest.ManifestCodec;
import firstlight.image.store.ImageName;
import firstlight.image.store.ImageStore;
import firstlight.image.store.ImageVersion;
import firstlight.image.store.Publication;
import firstlight.model.Bytes;
import firstlight.server.images.ImageCare;
import firstlight.server.images.LostChunks;
import firstlight.wire.work.MalformedMessage;
import firstlight.wire.work.Problem;
import firstlight.wire.work.Published;
import firstlight.wire.work.WorkCodec;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The requests of docs/protocol/engine.md. Runs on Undertow's workers, one a request, for the image store blocks. Nothing is
 * answered before the token is known, and no image beyond the one that its work names.
 */
public final class EnginePort implements HttpHandler {
    private static final Logger LOG = LoggerFactory.getLogger(EnginePort.class);
    private static final String IMAGES = "/engine/images/";
    private static final String RESULT = "/engine/result";
    private static final String ADD_ONS = "/engine/add-ons/";
    /** Octets of a message; the largest is a hello with the facts of a PC of many disks. */
    private static final int MESSAGE = 1 << 20;

    private static final int MANIFEST = Manifest.MOST_OCTETS;

    /** Of a manifest when it is unpacked: no capture makes longer tables (CapturePlan), and with them the header's lists. */
    private static final long PLAIN = MANIFEST + (128L << 20);

    /** Octets of a list of chunks' ids: 131,072 of them. */
    private static final int NAMES = 4 << 20;
    /** Frames taken into memory at once, about 4 MiB of chunks. */
    private static final int BATCH = 16;

    private static final int RETRY_SECONDS = 5;
    private static final String DISK_FULL = "The server's disk is full";

    private final Journal journal;
    private final WorkDesk desk;
    private final ManualDesk manual;
    private final ImageStore images;
    private final ImageCare care;
    private final SharedManifests manifests;
    private final InstantSource clock;
    /** One publishing at a time: each holds a manifest unpacked, and two of the same must not both find that it is not there. */
    private final ReentrantLock publishing = new ReentrantLock();

    private final LongBodies manifestsRead = new LongBodies(2L * MANIFEST, MANIFEST);
    private final ChunkSets chunkSets;

    public EnginePort(Journal journal, WorkDesk desk, ManualDesk manual, ImageCare care, InstantSource clock) {
        this.journal = journal;
        this.desk = desk;
        this.manual = manual;
        this.images = care.images();
        this.care = care;
        Mending mending = care.lostManifests()::mended;
        this.manifests = new SharedManifests(images, mending);
        this.chunkSets =
                new ChunkSets(version -> ChunkSet.of(images.open(version)::forEachChunk), mending, ChunkSets.KEPT);
        this.clock = clock;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) {
        if (exchange.isInIoThread()) {
            exchange.dispatch(this);
            return;
        }
        exchange.startBlocking();
        try {
            answer(exchange, bearer(exchange));
        } catch (Refusal refusal) {
            send(exchange, refusal.problem());
        } catch (DamagedChunk damaged) {
            Bytes id = Bytes.ofHex(damaged.id().toString());
            send(exchange, new Problem(422, damaged.what(), damaged.cause(), damaged.cure(), List.of(id)));
        } catch (LostChunks.Lost lost) { // a person must see to it: the engine does not ask again
            send(exchange, new Problem(422, lost.what(), lost.cause(), lost.cure()));
        } catch (LostChunks.Busy | LongBodies.Full busy) {
            exchange.getResponseHeaders().put(Headers.RETRY_AFTER, RETRY_SECONDS);
            send(exchange, new Problem(503, busy.what(), busy.cause(), busy.cure()));
        } catch (ImageFailure failure) {
            LOG.warn("{} {}: {}", exchange.getRequestMethod(), exchange.getRequestPath(), failure.getMessage());
            send(exchange, problem(failure));
        } catch (MalformedMessage malformed) {
            String cure = "server and imaging environment are of different versions: firstlight environment build";
            send(
                    exchange,
                    new Problem(400, "The message is not understood", String.valueOf(malformed.getMessage()), cure));
        } catch (DatabaseUnreachable e) {
            // Engines ask again by themselves.
            exchange.getResponseHeaders().put(Headers.RETRY_AFTER, RETRY_SECONDS);
            send(
                    exchange,
                    new Problem(
                            503,
                            "The server's database does not answer",
                            String.valueOf(e.getMessage()),
                            "see whether its PostgreSQL runs, or whether the disk of its data directory is full"));
        } catch (IOException e) {
            broken(exchange, e);
        }
    }

    private void answer(HttpServerExchange exchange, Boot boot) throws IOException, Refusal, MalformedMessage {
        String request = exchange.getRequestMethod() + " " + exchange.getRequestPath();
        if (request.startsWith("POST " + IMAGES)) {
            publish(exchange, boot, exchange.getRequestPath().substring(IMAGES.length()));
            return;
        }
        if (request.startsWith("GET " + ADD_ONS)) {
            octets(exchange, manifests.of(addOn(boot, exchange.getRequestPath().substring(ADD_ONS.length()))));
            return;
        }
        switch (request) {
            case "POST /engine/hello" -> {
                var hello = WorkCodec.decodeHello(body(exchange, MESSAGE));
                json(
                        exchange,
                        WorkCodec.encode(desk.hello(boot, hello, ExchangeEnds.local(exchange), clock.instant())));
            }
            case "POST /engine/work" -> {
                var work = WorkCodec.decodeManualWork(body(exchange, MESSAGE));
                manual.ask(boot, work, ExchangeEnds.source(exchange), clock.instant());
                exchange.setStatusCode(204);
            }
            case "POST /engine/progress" -> {
                var progress = WorkCodec.decodeProgress(body(exchange, MESSAGE));
                if (!desk.progress(boot, progress, clock.instant())) {
                    throw refusal(409, "This work is no longer wanted", boot);
                }
                exchange.setStatusCode(204);
            }
            case "POST " + RESULT -> {
                desk.result(boot, WorkCodec.decodeResult(body(exchange, MESSAGE)), clock.instant());
                exchange.setStatusCode(204);
            }
            case "POST /engine/chunks/missing" -> {
                capture(boot);
                List<ChunkId> ids = ChunkWire.ids(body(exchange, NAMES));
                octets(exchange, ChunkWire.missing(images.sink().missing(ids), ids.size()));
            }
            case "POST /engine/chunks/put" -> put(exchange, boot);
            case "GET /engine/manifest" ->
                octets(exchange, manifests.of(restore(boot).version()));
            case "POST /engine/chunks/get" -> get(exchange, boot, care.lost()::serve);
            case "POST /engine/chunks/again" -> get(exchange, boot, care.lost()::serveChecked);
            default -> throw new Refusal(404, "There is no such request", request, "see docs/protocol/engine.md");
        }
    }

    private Boot bearer(HttpServerExchange exchange) throws Refusal {
        String header = Optional.ofNullable(exchange.getRequestHeaders().getFirst(Headers.AUTHORIZATION))
                .orElse("");
        Optional<Boot> boot = Optional.empty();
        if (header.startsWith("Bearer ")) {
            String token = header.substring("Bearer ".length()).strip();
            boot = journal.bearer(token, clock.instant());
            // An engine says its result again when the answer was lost; its transaction has ended with the first.
            if (boot.isEmpty() && exchange.getRequestPath().equals(RESULT)) {
                boot = journal.justEnded(token, clock.instant());
            }
        }
        return boot.orElseThrow(() -> new Refusal(
                401,
                "This token opens nothing",
                "it is not of a transaction of this server, or its time is over",
                "start the PC again, so that it gets a new one"));
    }

    /** Keeps the image store's collection from what this boot sends, from now on. */
    private ImageName capture(Boot boot) throws IOException, Refusal {
        return switch (desk.grant(boot, clock.instant())) {
            case Grant.Capture(ImageName image) -> {
                care.capturing(boot.id());
                yield image;
            }
            case Grant.Restore _, Grant.Nothing _ -> throw notEntitled(boot);
        };
    }

    private Grant.Restore restore(Boot boot) throws IOException, Refusal {
        return switch (desk.grant(boot, clock.instant())) {
            case Grant.Restore restore -> restore;
            case Grant.Capture _, Grant.Nothing _ -> throw notEntitled(boot);
        };
    }

    /** @param name {@code NAME/VERSION} */
    private ImageVersion addOn(Boot boot, String name) throws IOException, Refusal {
        return restore(boot).addOns().stream()
                .filter(version -> name.equals(version.image() + "/" + version.number()))
                .findFirst()
                .orElseThrow(() -> notEntitled(boot));
    }

    private Refusal notEntitled(Boot boot) {
        return refusal(403, "This transaction is not entitled to that", boot);
    }

    private Refusal refusal(int status, String title, Boot boot) {
        NotItsWork why = desk.refused(boot, clock.instant());
        return new Refusal(status, title, why.cause(), why.cure());
    }

    private void put(HttpServerExchange exchange, Boot boot) throws IOException, Refusal {
        capture(boot);
        InputStream in = new BufferedInputStream(exchange.getInputStream(), 1 << 16);
        List<ChunkFrame> batch = new ArrayList<>(BATCH);
        for (Optional<ChunkFrame> frame = ChunkWire.readPut(in); frame.isPresent(); frame = ChunkWire.readPut(in)) {
            batch.add(frame.get());
            if (batch.size() == BATCH) {
                images.sink().put(batch);
                batch.clear();
            }
        }
        images.sink().put(batch);
        exchange.setStatusCode(204);
    }

    private void publish(HttpServerExchange exchange, Boot boot, String name) throws IOException, Refusal {
        ImageName image = capture(boot);
        if (!image.text().equals(name)) {
            throw notEntitled(boot);
        }
        Publication publication;
        try (LongBodies.Place _ = manifestsRead.take(exchange.getRequestContentLength())) {
            publication = publish(boot, image, body(exchange, MANIFEST));
        }
        switch (publication) {
            case Publication.Published(ImageVersion version) ->
                json(exchange, WorkCodec.encode(new Published(name, version.number())));
            case Publication.Incomplete(List<ChunkId> missing) ->
                throw new Refusal(new Problem(
                        409,
                        "The image is not complete",
                        missing.size() + " or more of its chunks are not in the store",
                        "send them, then the manifest again",
                        missing.stream().map(id -> Bytes.ofHex(id.toString())).toList()));
        }
    }

    /** An engine whose connection broke before the answer sends its manifest again: that is no second version. */
    private Publication publish(Boot boot, ImageName image, byte[] file) throws IOException, Refusal {
        publishing.lock();
        try {
            Manifest manifest = ManifestCodec.decode(file, PLAIN); // one at a time: some are hundreds of MiB
            Bytes digest = ManifestCodec.digest(ManifestCodec.encode(manifest));
            Optional<ImageVersion> there = images.list().stream()
                    .filter(version ->
                            version.image().equals(image) && version.digest().equals(digest))
                    .findFirst();
            if (there.isPresent()) {
                return new Publication.Published(there.get());
            }
            Optional<String> others = desk.mayNotPublish(boot, clock.instant());
            if (others.isPresent()) {
                throw new Refusal(403, "This becomes no version of '" + image + "'", others.get(), "");
            }
            Publication publication = images.publish(image, manifest);
            if (publication instanceof Publication.Published(ImageVersion version)) {
                desk.published(boot, version, clock.instant());
            }
            return publication;
        } finally {
            publishing.unlock();
        }
    }

    @FunctionalInterface
    private interface Serving {
        List<byte[]> frames(ImageVersion version, List<ChunkId> ids) throws IOException;
    }

    private void get(HttpServerExchange exchange, Boot boot, Serving serving) throws IOException, Refusal {
        Grant.Restore granted = restore(boot);
        List<ChunkId> ids = ChunkWire.ids(body(exchange, NAMES));
        ImageVersion asked = granted.version();
        List<ChunkId> strange = others(asked, ids);
        int most = ids.size() - strange.size();
        for (ImageVersion addOn : granted.addOns()) {
            List<ChunkId> left = strange.isEmpty() ? strange : others(addOn, strange);
            int has = strange.size() - left.size();
            asked = has > most ? addOn : asked; // an engine asks for one version's at a time, and they share some
            most = Math.max(has, most);
            strange = left;
        }
        if (!strange.isEmpty()) {
            throw notEntitled(boot);
        }
        care.lost().complete(asked, ids); // once the answer has begun, it is too late for a problem
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "application/octet-stream");
        for (int from = 0; from < ids.size(); from += BATCH) {
            List<ChunkId> batch = ids.subList(from, Math.min(ids.size(), from + BATCH));
            List<byte[]> frames = serving.frames(asked, batch);
            if (batch.size() == ids.size()) { // all there is: spares both ends the chunks of HTTP
                exchange.setResponseContentLength(ChunkWire.getLength(frames));
            }
            ChunkWire.writeGet(exchange.getOutputStream(), frames);
        }
        exchange.getOutputStream().close();
    }

    /** Those that are not of {@code version}. */
    private List<ChunkId> others(ImageVersion version, List<ChunkId> ids) throws IOException {
        ChunkSet allowed = chunkSets.of(version);
        return ids.stream().filter(id -> !allowed.holds(id)).toList();
    }

    private static byte[] body(HttpServerExchange exchange, int limit) throws IOException, Refusal {
        byte[] body = exchange.getInputStream().readNBytes(limit + 1);
        if (body.length > limit) {
            throw new Refusal(413, "The message is too long", "more than " + limit + " octets", "");
        }
        return body;
    }

    private static void json(HttpServerExchange exchange, byte[] body) throws IOException {
        send(exchange, "application/json", body);
    }

    private static void octets(HttpServerExchange exchange, byte[] body) throws IOException {
        send(exchange, "application/octet-stream", body);
    }

    private static void send(HttpServerExchange exchange, String type, byte[] body) throws IOException {
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, type);
        exchange.setResponseContentLength(body.length);
        exchange.getOutputStream().write(body);
        exchange.getOutputStream().close();
    }

    private static void broken(HttpServerExchange exchange, IOException e) {
        LOG.warn("{} {}: {}", exchange.getRequestMethod(), exchange.getRequestPath(), e.getMessage());
        send(exchange, problem(e));
    }

    /** A full or failing disk is a status of its own (507): the engine does not ask again, a person must see to it. */
    public static Problem problem(IOException e) {
        String text = String.valueOf(e.getMessage());
        boolean full = text.contains("No space left") || text.contains("Disk quota exceeded");
        // Of EIO, and of EROFS: ext4 goes read-only when its disk fails.
        boolean failing = text.contains("Input/output error") || text.contains("Read-only file system");
        if (failing) {
            String cure = "look at the health of the disk that the server's image store is on (dmesg, smartctl)";
            return new Problem(507, full ? DISK_FULL : "The server's disk fails", text, cure);
        }
        if (full) {
            return e instanceof ImageFailure failure
                    ? new Problem(507, DISK_FULL, failure.what() + ": " + failure.cause(), failure.cure())
                    : new Problem(507, DISK_FULL, text, "make room in its image store, then start again");
        }
        return e instanceof ImageFailure failure
                ? new Problem(500, failure.what(), failure.cause(), failure.cure())
                : new Problem(500, "The server could not do that", text, "see the server's log");
    }

    private static void send(HttpServerExchange exchange, Problem problem) {
        if (exchange.isResponseStarted()) {
            exchange.setPersistent(false);
            exchange.endExchange(); // too late for a problem; the client sees a body that is too short
            return;
        }
        exchange.setStatusCode(problem.status());
        try {
            send(exchange, Problem.MEDIA_TYPE, WorkCodec.encode(problem));
        } catch (IOException gone) {
            LOG.debug("nobody heard {}", problem.line(), gone);
        }
    }
}
