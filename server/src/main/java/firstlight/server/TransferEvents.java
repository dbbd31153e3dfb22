package firstlight.server;

import firstlight.model.Events;
import firstlight.model.Ipv4Address;
import firstlight.netboot.http.HttpReport;
import firstlight.netboot.tftp.TransferReport;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Makes the ends of transfers events of the boot that they belong to. On a thread of its own: the servers' must not wait. */
final class TransferEvents implements AutoCloseable {
    private final Events events;
    private final InstantSource clock;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("transfer-events").factory());

    TransferEvents(Events events, InstantSource clock) {
        this.events = events;
        this.clock = clock;
    }

    void tftp(TransferReport report) {
        happened(report.requester().client(), report.text());
    }

    void http(HttpReport report) {
        happened(report.client(), report.text());
    }

    private void happened(Ipv4Address client, String text) {
        thread.execute(
                () -> Neighbours.mac(client).ifPresent(mac -> events.happened(clock.instant(), mac, "transfer", text)));
    }

    @Override
    public void close() {
        thread.shutdown();
    }
}
