package firstlight.server;

import firstlight.model.Events;
import firstlight.model.Ipv4Address;
import firstlight.netboot.dhcp.PrebootClients;
import firstlight.netboot.http.HttpReport;
import firstlight.netboot.tftp.TransferReport;
import java.time.InstantSource;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the ends of transfers events of the boot that they belong to. On a thread of its own: the servers' must not wait. */
final class TransferEvents implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TransferEvents.class);

    /** A storm of a site's PCs stays below it; what floods us must not fill the memory with its own ends. */
    private static final int MOST_WAITING = 20_000;

    private final Events events;
    private final PrebootClients clients;
    private final InstantSource clock;
    /** The log has it once in a server's life. */
    private final AtomicBoolean told = new AtomicBoolean();

    private final ExecutorService thread = new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MOST_WAITING),
            Thread.ofPlatform().daemon().name("transfer-events").factory(),
            (_, _) -> tooMany());

    /** @param clients told at once who fetches */
    TransferEvents(Events events, PrebootClients clients, InstantSource clock) {
        this.events = events;
        this.clients = clients;
        this.clock = clock;
    }

    private void tooMany() {
        if (told.compareAndSet(false, true)) {
            LOG.warn(
                    "boot files are asked for faster than it can be noted: some transfers will be missing in transactions");
        }
    }

    /** On the server's thread; returns at once, as {@link #http}. */
    void tftp(TransferReport report) {
        happened(report.requester().client(), report.text());
    }

    void http(HttpReport report) {
        happened(report.client(), report.text());
    }

    private void happened(Ipv4Address client, String text) {
        clients.fetched(client, clock.instant());
        thread.execute(
                () -> Neighbours.mac(client).ifPresent(mac -> events.happened(clock.instant(), mac, "transfer", text)));
    }

    @Override
    public void close() {
        thread.shutdown();
    }
}
