package firstlight.server.api;

import firstlight.database.Journal;
import io.undertow.Handlers;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.sse.ServerSentEventConnection;
import io.undertow.server.handlers.sse.ServerSentEventHandler;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code GET /api/events/stream}: server-sent events. Those of transactions have their number as id, so that a browser that
 * lost its connection goes on where it was (Last-Event-ID); {@code change} only says that something is to be read again.
 * One thread looks for events while somebody listens: events of other servers on the same database are seen like own ones.
 */
public final class EventStream implements AutoCloseable {
    static final String PATH = "/events/stream";
    private static final Logger LOG = LoggerFactory.getLogger(EventStream.class);
    private static final int LOOK_MILLIS = 250;
    private static final int KEEP_ALIVE_MILLIS = 15_000;
    private static final int MANY = 1_000;

    private final Journal journal;
    private final Function<Journal.Event, ObjectNode> view;
    private final Map<ServerSentEventConnection, Long> sent = new ConcurrentHashMap<>();
    private final ServerSentEventHandler handler;
    private final ScheduledExecutorService looking = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("event-stream").daemon().factory());

    EventStream(Journal journal, Function<Journal.Event, ObjectNode> view) {
        this.journal = journal;
        this.view = view;
        this.handler = Handlers.serverSentEvents(this::opened);
        var _ = looking.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    void open(HttpServerExchange exchange) throws Exception {
        handler.handleRequest(exchange);
    }

    private void opened(ServerSentEventConnection connection, String lastEventId) {
        connection.setKeepAliveTime(KEEP_ALIVE_MILLIS);
        connection.addCloseTask(sent::remove);
        // Without a place to go on from, only what happens from now on.
        long from = lastEventId != null && lastEventId.matches("\\d{1,18}")
                ? Long.parseLong(lastEventId)
                : journal.lastEvent();
        sent.put(connection, from);
    }

    /** Tells all listeners that these things changed: they read them again. */
    public void changed(String topic, java.util.Collection<Long> numbers) {
        if (sent.isEmpty()) {
            return;
        }
        ObjectNode node = Json.object().put("topic", topic);
        var array = node.putArray("numbers");
        numbers.forEach(array::add);
        String text = node.toString();
        sent.keySet().forEach(connection -> connection.send(text, "change", null, null));
    }

    private void look() {
        try {
            sent.forEach((connection, after) -> {
                List<Journal.Event> events = journal.events(0, after, MANY);
                for (Journal.Event event : events) {
                    connection.send(view.apply(event).toString(), "event", Long.toString(event.id()), null);
                }
                if (!events.isEmpty()) {
                    sent.computeIfPresent(connection, (_, _) -> events.getLast().id());
                }
            });
        } catch (RuntimeException e) {
            // The database may be away for a moment; the next look goes on from the same place.
            LOG.warn("events cannot be read: {}", e.getMessage());
        }
    }

    @Override
    public void close() {
        looking.shutdownNow();
        sent.keySet().forEach(ServerSentEventConnection::shutdown);
    }
}
