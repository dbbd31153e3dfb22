package firstlight.server.imaging;

import firstlight.database.SessionStore;
import firstlight.image.chunk.Chunk;
import firstlight.image.chunk.ChunkId;
import firstlight.image.chunk.DamagedChunk;
import firstlight.image.manifest.ChunkOrder;
import firstlight.image.manifest.Manifest;
import firstlight.image.store.Hold;
import firstlight.image.store.ImageName;
import firstlight.image.store.ImageStore;
import firstlight.image.store.ImageVersion;
import firstlight.model.Bytes;
import firstlight.model.Ipv4Address;
import firstlight.multicast.LostBlock;
import firstlight.multicast.StreamSender;
import firstlight.multicast.StreamServing;
import firstlight.policy.work.Task;
import firstlight.policy.work.Work;
import firstlight.server.configuration.Configuration;
import firstlight.wire.multicast.StreamTicket;
import firstlight.wire.work.WorkOrder;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The streams of this server's multicast sessions: one for each session and each interface on which it has members. Made when
 * the first member begins, and again when one comes after the others have ended. Used by all threads of the engine port.
 */
public final class Streams implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Streams.class);
    /** Octets a second of one Mbit/s. */
    private static final double OCTETS_OF_MBIT = 125_000;

    private final Configuration.Multicast settings;
    private final ImageStore images;
    private final SecureRandom random = new SecureRandom();
    private final Map<Place, Running> running = new HashMap<>();
    /** Digests of versions that no stream can carry: to find that out for each member takes seconds. */
    private final Set<Bytes> unfit = new HashSet<>();

    /** @param local the server's address on the network that the members are on */
    private record Place(long session, Ipv4Address local) {}

    /** @param names of devices, by the member's number in this stream; with {@link #running} in hand */
    private record Running(StreamServing serving, Map<Integer, String> names) {}

    public Streams(Configuration.Multicast settings, ImageStore images) {
        this.settings = settings;
        this.images = images;
    }

    /** Whether members get their image by a stream. */
    public boolean isEnabled() {
        return settings.enabled();
    }

    /**
     * A member of a session gets its image by a stream, where there can be one; any other order stays as it is.
     *
     * @param local where the engine's request came in; empty over IPv6: streams go over IPv4
     * @throws IOException when the store cannot be read
     */
    WorkOrder streamed(WorkOrder order, Work work, SessionStore sessions, Optional<Ipv4Address> local, Instant now)
            throws IOException {
        if (!(order instanceof WorkOrder.Restore restore)
                || !(work.task() instanceof Task.Join(long session))
                || local.isEmpty()) {
            return order;
        }
        Optional<ImageVersion> version = images.find(new ImageName(restore.image()), restore.version());
        if (version.isEmpty()) {
            return order;
        }
        int waitingOnes = sessions.roster(session, now).waiting();
        return join(session, version.get(), restore.heading().device(), local.get(), waitingOnes)
                .<WorkOrder>map(restore::by)
                .orElse(order);
    }

    /**
     * One member more.
     *
     * @param local the server's address that the member speaks to
     * @param waiting members that are at their PCs and will follow in a moment
     * @return empty when the member has to fetch the image for itself
     */
    private Optional<StreamTicket> join(
            long session, ImageVersion version, String device, Ipv4Address local, int waiting) {
        if (!settings.enabled()) {
            return Optional.empty();
        }
        synchronized (running) {
            running.values().removeIf(ended -> !ended.serving().isRunning()); // else each session's stays in memory
            Place place = new Place(session, local);
            try {
                Running stream = running.get(place);
                if (stream == null) {
                    stream = new Running(start(version, local), new TreeMap<>());
                    running.put(place, stream);
                }
                StreamTicket ticket = stream.serving().admit();
                // The stream waits for so many, for a while, before it begins.
                stream.serving().expect(ticket.member() + waiting);
                stream.names().put(ticket.member(), device);
                return Optional.of(ticket);
            } catch (IOException e) {
                LOG.warn(
                        "session {} has no stream from {}; its members fetch the image for themselves: {}",
                        session,
                        local,
                        e.getMessage());
                return Optional.empty();
            }
        }
    }

    /** The version is held until the stream ends: removed meanwhile, its chunks stay. */
    private StreamServing start(ImageVersion version, Ipv4Address local) throws IOException {
        ChunkOrder order = order(version);
        StreamServing.Terms terms = new StreamServing.Terms(
                group(),
                settings.port(),
                local,
                settings.ttl(),
                settings.fastest() == 0 ? Double.POSITIVE_INFINITY : settings.fastest() * OCTETS_OF_MBIT);
        Hold hold = images.hold(version);
        try {
            return StreamServing.start(terms, order.size(), block -> frame(order.get(block)), LOG::warn, hold::close);
        } catch (IOException e) {
            hold.close();
            throw e;
        }
    }

    /** What is lost is told from what cannot be read just now: a bucket's server that starts anew, no file that can be opened. */
    private byte[] frame(ChunkId id) throws IOException {
        try {
            return images.source().get(List.of(id)).getFirst();
        } catch (DamagedChunk damaged) {
            throw new LostBlock(String.valueOf(damaged.getMessage()));
        } catch (IOException failure) {
            if (!images.lacking(List.of(id)).isEmpty()) {
                throw new LostBlock(String.valueOf(failure.getMessage()));
            }
            throw failure;
        }
    }

    private ChunkOrder order(ImageVersion version) throws IOException {
        if (!unfit.contains(version.digest())) {
            Manifest manifest = images.open(version);
            if (manifest.chunkSize() == Chunk.SIZE) {
                return ChunkOrder.of(manifest);
            }
            unfit.add(version.digest());
        }
        throw new IOException(version.name() + " has more than 2 TB in use: its chunks are too long for a stream");
    }

    /** A random one, so that hardly another server has it; and as long as there are enough no other stream of this one. */
    private Ipv4Address group() {
        Set<Ipv4Address> taken = new HashSet<>();
        running.values().forEach(stream -> taken.add(stream.serving().terms().group()));
        return group(settings, taken, random);
    }

    static Ipv4Address group(Configuration.Multicast settings, Set<Ipv4Address> taken, RandomGenerator random) {
        int hosts = (1 << (32 - settings.prefix())) - 2;
        int network = settings.groups().value() & -1 << (32 - settings.prefix());
        while (true) {
            Ipv4Address group = new Ipv4Address(network | (1 + random.nextInt(hosts)));
            if (!taken.contains(group) || taken.size() >= hosts) {
                return group;
            }
        }
    }

    /** How a stream stands; {@code members} by their devices' names. */
    public record View(String group, StreamSender.Standing stream, Map<String, StreamSender.MemberStanding> members) {}

    /** The streams of a session that run here. Empty where none runs, or they run at another server. */
    public List<View> views(long session) {
        List<View> views = new ArrayList<>();
        synchronized (running) {
            running.forEach((place, stream) -> {
                if (place.session() == session && stream.serving().isRunning()) {
                    StreamServing.Picture picture = stream.serving().picture();
                    Map<String, StreamSender.MemberStanding> members = new TreeMap<>();
                    // A PC that began anew has a number more; the last one counts.
                    stream.names().forEach((number, name) -> {
                        StreamSender.MemberStanding standing = picture.members().get(number);
                        if (standing != null) {
                            members.put(name, standing);
                        }
                    });
                    views.add(new View(
                            stream.serving().terms().group() + ":"
                                    + stream.serving().terms().port(),
                            picture.stream(),
                            members));
                }
            });
        }
        return views;
    }

    @Override
    public void close() {
        synchronized (running) {
            running.values().forEach(stream -> stream.serving().close());
            running.clear();
        }
    }
}
