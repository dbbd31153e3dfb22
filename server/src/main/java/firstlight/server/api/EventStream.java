package firstlight.server.api;

import firstlight.database.Journal;
import io.undertow.Handlers;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.sse.ServerSentEventConnection;
import io.undertow.server.handlers.sse.ServerSentEventHandler;
import io.undertow.util.AttachmentKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code GET /api/events/stream}: server-sent events. Those of transactions have their number as id, so that a browser that
 * lost its connection goes on where it was (Last-Event-ID); {@code change} only says that something is to be read again.
 * One thread looks for events while somebody listens, and sends all there is: events of other servers on the same database are
 * seen like own ones, and who may not listen any more hears nothing more.
 */
final class EventStream implements AutoCloseable {
    static final String PATH = "/events/stream";
    private static final Logger LOG = LoggerFactory.getLogger(EventStream.class);
    private static final AttachmentKey<BooleanSupplier> ADMITTED = AttachmentKey.create(BooleanSupplier.class);
    /** So late may an event be: only changes wake it before. */
    private static final int LOOK_MILLIS = 250;
    /** Proxies cut off what says nothing for a minute, and a listener that is gone is found out by it. */
    private static final int KEEP_ALIVE_MILLIS = 15_000;
    /** Events in one look; a listener that has missed more gets the rest with the next. */
    private static final int MANY = 1_000;
    /** Characters. Undertow keeps what a listener does not take: a suspended program would fill this server's memory. */
    private static final long MOST_WAITING = 4 << 20;
    /** So many looks: also who is told nothing is asked whether he may listen still. */
    private static final int SELDOM = 40;

    private final Journal journal;
    private final Function<Journal.Event, ObjectNode> view;
    private final Map<ServerSentEventConnection, Listener> listeners = new ConcurrentHashMap<>();
    /** Not told yet, as JSON. */
    private final Queue<String> changes = new ConcurrentLinkedQueue<>();
    /** Whether a look is on its way already: a thousand changes are one. */
    private final AtomicBoolean woken = new AtomicBoolean();

    private final ServerSentEventHandler handler;
    private final ScheduledExecutorService looking = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("event-stream").daemon().factory());
    /** Of the looking thread only. */
    private int looks;

    /**
     * @param sent the number of the last event that it has
     * @param waiting characters that it has not taken yet
     */
    private record Listener(BooleanSupplier admitted, AtomicLong sent, AtomicLong waiting)
            implements ServerSentEventConnection.EventCallback {
        @Override
        public void done(ServerSentEventConnection connection, String data, String event, String id) {
            waiting.addAndGet(-data.length());
        }

        @Override
        public void failed(
                ServerSentEventConnection connection, String data, String event, String id, IOException why) {
            waiting.addAndGet(-data.length());
        }

        void send(ServerSentEventConnection connection, String data, String event, @Nullable String id) {
            waiting.addAndGet(data.length());
            connection.send(data, event, id, this);
        }
    }

    EventStream(Journal journal, Function<Journal.Event, ObjectNode> view) {
        this.journal = journal;
        this.view = view;
        this.handler = Handlers.serverSentEvents(this::opened);
        var _ = looking.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /**
     * @param admitted whether the caller may listen still: sessions end, rights are taken away
     * @throws Exception of Undertow's handler, which takes the exchange over
     */
    void open(HttpServerExchange exchange, BooleanSupplier admitted) throws Exception {
        exchange.putAttachment(ADMITTED, admitted);
        handler.handleRequest(exchange);
    }

    private void opened(ServerSentEventConnection connection, String lastEventId) {
        connection.setKeepAliveTime(KEEP_ALIVE_MILLIS);
        connection.addCloseTask(listeners::remove);
        // Without a place to go on from, only what happens from now on.
        long from = lastEventId != null && lastEventId.matches("\\d{1,18}")
                ? Long.parseLong(lastEventId)
                : journal.lastEvent();
        Listener listener = new Listener(
                Objects.requireNonNull(connection.getAttachment(ADMITTED)), new AtomicLong(from), new AtomicLong());
        synchronized (listener) { // who reads this hears each change from now on, and hears it after this
            listeners.put(connection, listener);
            // Tells the place at once: who loses the connection before the first event goes on from there.
            connection.send(Json.object().put("event", from).toString(), "ready", Long.toString(from), null);
        }
    }

    /** Tells all listeners that these things changed: they read them again. Does not block. */
    void changed(String topic, Collection<Long> numbers) {
        if (listeners.isEmpty()) {
            return;
        }
        ObjectNode node = Json.object().put("topic", topic);
        var array = node.putArray("numbers");
        numbers.forEach(array::add);
        changes.add(node.toString());
        if (woken.compareAndSet(false, true)) {
            try {
                looking.execute(this::look);
            } catch (RejectedExecutionException closing) {
                LOG.debug("a change comes when the server is about to end", closing);
            }
        }
    }

    private void look() {
        woken.set(false);
        List<String> told = new ArrayList<>();
        for (String change = changes.poll(); change != null; change = changes.poll()) {
            told.add(change);
        }
        boolean askAll = ++looks % SELDOM == 0;
        try {
            listeners.forEach((connection, listener) -> {
                synchronized (listener) {
                    tell(connection, listener, told, askAll);
                }
            });
        } catch (RuntimeException e) {
            // The database may be away for a moment; the next look goes on from the same place.
            LOG.warn("events cannot be read: {}", e.getMessage());
            changes.addAll(told);
        }
    }

    private void tell(ServerSentEventConnection connection, Listener listener, List<String> told, boolean ask) {
        if (listener.waiting.get() > MOST_WAITING) {
            cutOff(connection); // comes back by itself, and says where it was
            return;
        }
        List<Journal.Event> events = journal.events(0, listener.sent.get(), MANY);
        boolean news = !told.isEmpty() || !events.isEmpty();
        if ((news || ask) && !listener.admitted.getAsBoolean()) {
            listeners.remove(connection);
            connection.shutdown();
            return;
        }
        for (Journal.Event event : events) {
            listener.send(connection, view.apply(event).toString(), "event", Long.toString(event.id()));
            listener.sent.set(event.id());
        }
        told.forEach(change -> listener.send(connection, change, "change", null));
    }

    private void cutOff(ServerSentEventConnection connection) {
        listeners.remove(connection);
        try {
            connection.close(); // a shutdown would wait until all is taken
        } catch (IOException e) {
            LOG.debug("a listener that took nothing is gone", e);
        }
    }

    /** How many listen now. */
    int listening() {
        return listeners.size();
    }

    @Override
    public void close() {
        looking.shutdownNow();
        for (ServerSentEventConnection connection : listeners.keySet()) {
            try {
                connection.shutdown();
            } catch (RejectedExecutionException gone) {
                LOG.debug("the web server ended before, and its connections with it", gone);
            }
        }
    }
}
