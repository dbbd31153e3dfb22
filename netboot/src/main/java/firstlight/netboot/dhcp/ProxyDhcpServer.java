package firstlight.netboot.dhcp;

import firstlight.model.BootDecisions;
import firstlight.model.BootDecisions.Prompt;
import firstlight.model.Bytes;
import firstlight.model.Events;
import firstlight.model.FirstAnswer;
import firstlight.netboot.dhcp.Arrival.Door;
import firstlight.netboot.dhcp.Listener.Heard;
import firstlight.sockets.Pollable;
import firstlight.sockets.ShortSlices;
import firstlight.sockets.SocketFailure;
import firstlight.sockets.SocketLoop;
import firstlight.wire.DecodeException;
import firstlight.wire.dhcp.DhcpCodec;
import firstlight.wire.dhcp.DhcpGlance;
import firstlight.wire.dhcp.DhcpOption;
import firstlight.wire.dhcp.DhcpPacket;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries packets between the sockets and {@link ProxyDhcp}. One thread owns sockets and engine. */
public final class ProxyDhcpServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ProxyDhcpServer.class);
    /** Between two looks at the interfaces, where these decide about sockets. */
    private static final long LOOK_AGAIN = Duration.ofSeconds(5).toNanos();
    /** What others overheard and this thread has not taken yet; more is let go. */
    private static final int MANY = 1_024;
    /** Without anything to do: what is due meanwhile, such as an untaken offer, is told so late at most. */
    private static final long SLEEP = Duration.ofSeconds(10).toNanos();

    /**
     * Where to listen.
     *
     * @param dhcp 67 but for tests
     * @param proxy 4011 but for tests
     * @param interfaces the only ones to use; empty for all
     * @param holdDhcpPort take the DHCP port as other servers do, so that none of this host has it beside us; usually it is only heard
     */
    public record Listening(int dhcp, int proxy, List<String> interfaces, boolean holdDhcpPort) {
        public static final Listening EVERYWHERE = new Listening(67, 4011, List.of(), false);

        public Listening {
            interfaces = List.copyOf(interfaces);
        }
    }

    private final ProxyDhcp engine;
    private final BootDecisions decisions;
    private final Events events;
    private final InstantSource clock;
    private final ProxyPorts ports;
    private final Strangers strangers;
    private final SocketLoop loop;
    private final ClientWatch watch;
    private final Drops drops = new Drops();
    private final Arrivals arrivals = new Arrivals(drops);
    private final Replies replies;
    /** From the thread of {@link OfferWatch}, which wakes up this one. */
    private final Queue<SpoiltOffers.Overheard> overheard = new ArrayBlockingQueue<>(MANY);

    private final Queue<DhcpPacket> refusals = new ArrayBlockingQueue<>(MANY);
    private volatile boolean heard;
    private long looked;
    /** Until the loop waits for the sockets as they are. */
    private boolean changed;

    /** Those that the loop waits for, in its order. */
    private volatile List<Listener> listeners;

    private ProxyDhcpServer(
            ProxyDhcpSettings settings,
            BootDecisions decisions,
            Events events,
            PrebootClients clients,
            InstantSource clock,
            ProxyPorts ports)
            throws SocketFailure {
        this.engine = new ProxyDhcp(settings);
        this.decisions = decisions;
        this.events = events;
        this.watch = new ClientWatch(clients);
        this.replies = new Replies(this::isOpen, watch, events, drops, clock);
        this.clock = clock;
        this.ports = ports;
        this.listeners = List.copyOf(ports.listeners());
        this.loop = new SocketLoop("proxy-dhcp", sockets(), this::run);
        this.strangers = new Strangers(decisions, clock, loop::wakeup);
        loop.start();
    }

    /**
     * Opens the ports and starts to answer. A DHCP port that must be taken and is is no failure: a DHCP server on the same host sends the
     * clients to the proxy port.
     */
    public static ProxyDhcpServer start(
            Listening listening,
            ProxyDhcpSettings settings,
            BootDecisions decisions,
            Events events,
            PrebootClients clients,
            InstantSource clock)
            throws SocketFailure {
        ProxyPorts ports = ProxyPorts.open(listening);
        try {
            return new ProxyDhcpServer(settings, decisions, events, clients, clock, ports);
        } catch (SocketFailure e) {
            ports.close();
            throw e;
        }
    }

    /** Whether broadcasts are heard; if not, the DHCP server on this host has to send clients here. */
    public boolean hearsBroadcasts() {
        return listeners.stream().anyMatch(listener -> listener.door() == Door.DHCP);
    }

    /** Whether what is broadcast on the interface of that name is heard: not where another server of this host has the DHCP port. */
    public boolean hearsBroadcastsOn(String interfaceName) {
        return listeners.stream().anyMatch(listener -> listener.door() == Door.DHCP && listener.hears(interfaceName));
    }

    /** Whether no other server of this host can have the DHCP port beside us. */
    public boolean holdsDhcpPort() {
        return listeners.stream().anyMatch(listener -> listener.door() == Door.DHCP && listener.holdsPort());
    }

    /** Whether anything whole came to the DHCP port yet, of whomever; what a raw socket takes before it has its filter is another port's. */
    public boolean hasHeard() {
        return heard;
    }

    /** Of the first socket at that door; 0 when there is none. */
    public int port(Door door) {
        return listeners.stream()
                .filter(listener -> listener.door() == door)
                .mapToInt(Listener::port)
                .findFirst()
                .orElse(0);
    }

    /** Packets that were sent, since the start; by any thread, as {@link #dropped}. */
    public long answered() {
        return replies.sent();
    }

    /** Packets, and options of packets, that were dropped since the start, by the kind of their fault. */
    public Map<String, Long> dropped() {
        return drops.counts();
    }

    private void run() {
        boolean _ = ShortSlices.take();
        try {
            WarmUp.run();
            looked = System.nanoTime();
            while (loop.isOpen()) {
                loop.awaitNanos(ports.followInterfaces() ? LOOK_AGAIN : SLEEP);
                try {
                    turn();
                } catch (RuntimeException | OutOfMemoryError e) {
                    // This thread is all PCs' way to boot: nothing may end it that passes, such as a database that is
                    // away.
                    LOG.error("a bug, or no memory; what was to be answered or told just now is lost", e);
                }
            }
        } catch (SocketFailure e) {
            LOG.error("proxy DHCP has ended: {}", e.getMessage());
        }
    }

    private void turn() throws SocketFailure {
        for (int i = 0; i < listeners.size(); i++) {
            if (loop.isReady(i)) {
                serve(listeners.get(i));
            }
        }
        if (ports.followInterfaces() && System.nanoTime() - looked >= LOOK_AGAIN) {
            looked = System.nanoTime();
            look();
        }
        repeatOverheard();
        answerStrangers();
        Instant now = clock.instant();
        for (var nak = refusals.poll(); nak != null; nak = refusals.poll()) {
            watch.refused(nak).forEach(told -> tell(told, now));
        }
        watch.due(now).forEach(told -> tell(told, now));
    }

    private List<Pollable> sockets() {
        return listeners.stream().map(Listener::socket).toList();
    }

    private void look() {
        changed |= ports.look();
        if (!changed) {
            return;
        }
        List<Listener> fresh = List.copyOf(ports.listeners());
        try {
            loop.watch(fresh.stream().map(Listener::socket).toList());
            listeners = fresh;
            changed = false;
        } catch (SocketFailure e) { // a host out of descriptors has some again later
            LOG.warn("interfaces have changed, and new ones are not heard yet; tried again soon: {}", e.getMessage());
        }
    }

    private void serve(Listener listener) throws SocketFailure {
        int count = listener.receive();
        for (int i = 0; i < count; i++) {
            try {
                packet(listener, i);
            } catch (DecodeException e) {
                drops.note(
                        e.kind(),
                        e.getMessage() + ", from " + listener.sender(i) + " on interface "
                                + listener.interfaceIndex(i));
            } catch (RuntimeException | OutOfMemoryError e) {
                // This thread is all PCs' way to boot: no packet may end it, nor a moment in which others took all
                // memory.
                LOG.error("a bug, or no memory; the packet that showed it is lost", e);
            }
        }
        replies.flush(listener);
    }

    /** Also of those that the loop still has, for a look could close some and the loop not be told: their descriptors are others' by now. */
    private boolean isOpen(Listener listener) {
        return listeners.contains(listener) && (!changed || ports.listeners().contains(listener));
    }

    private void packet(Listener listener, int i) {
        Optional<Heard> came = listener.heard(i);
        if (came.isEmpty()) {
            return;
        }
        if (!heard && listener.door() == Door.DHCP) {
            heard = true;
        }
        Bytes octets = came.get().octets();
        // Most of a LAN's DHCP is leases of PCs that run: left before it is decoded.
        if (DhcpGlance.isOfNoInterest(octets)) {
            return;
        }
        DhcpPacket packet = DhcpCodec.decode(octets);
        Optional<Arrival> arrival = arrivals.of(listener, i, came.get(), packet);
        if (arrival.isEmpty()) {
            return;
        }
        for (DhcpOption option : packet.options()) {
            if (option instanceof DhcpOption.Malformed(int _, Bytes _, String what, String rule)) {
                drops.note(
                        what,
                        what + ": " + rule + "; the packet is read without it, from "
                                + arrival.get().source());
            }
        }
        Instant now = clock.instant();
        // Before the engine's answer: a DISCOVER that comes anew tells what became of the one before.
        watch.hear(packet, now).forEach(told -> tell(told, now));
        switch (engine.read(packet, arrival.get())) {
            case Silence silence -> {
                LOG.debug("no answer to {}: {}", packet.mac(), silence);
                if (silence.reason().isAboutOurClient()) {
                    packet.mac().ifPresent(mac -> events.happened(now, mac, "silence", silence.toString()));
                }
            }
            case Refusal refusal -> {
                events.happened(now, refusal.device(), "refused-lease", refusal.text());
                replies.refuse(listener, listener.interfaceIndex(i), refusal);
            }
            case Request request -> {
                if (!replies.isRepeated(request)) {
                    answer(listener, i, request, now);
                }
            }
        }
    }

    private void tell(ClientWatch.Told told, Instant now) {
        events.happened(now, told.device(), told.kind(), told.text());
    }

    private void answer(Listener listener, int i, Request request, Instant now) {
        Prompt prompt;
        try {
            prompt = decisions.promptAnswer(request.facts(), now);
        } catch (RuntimeException e) {
            undecided(request, e, now);
            return;
        }
        int index = listener.interfaceIndex(i);
        switch (prompt) {
            case Prompt.Settled(FirstAnswer decision) ->
                answered(request, decision, now).ifPresent(result -> {
                    tell(request, result.events(), now);
                    replies.send(listener, index, request, result.outcome(), now);
                });
            case Prompt.Provisional(FirstAnswer decision) -> stranger(listener, index, request, decision, now);
        }
    }

    /**
     * A DISCOVER is answered before the PC is registered: an iPXE's ROM takes what comes first. Other questions wait, since who asks them has
     * been heard before; what there is to tell waits for the device whose boot it is.
     */
    private void stranger(Listener listener, int index, Request request, FirstAnswer decision, Instant now) {
        Optional<ProxyDhcp.Answered> early = request.question() instanceof Request.Question.Discover
                ? answered(request, decision, now)
                : Optional.empty();
        if (strangers.offer(new Strangers.Waiting(request, listener, index, early))) {
            early.ifPresent(result -> replies.sendEarly(listener, index, request, result.outcome(), now));
        } else {
            drops.note(
                    "unknown PC",
                    "more unknown PCs ask at once than can be registered; " + request.device() + " must ask again");
        }
    }

    /** Those that were registered meanwhile. */
    private void answerStrangers() {
        Instant now = clock.instant();
        for (var next = strangers.next(); next.isPresent(); next = strangers.next()) {
            Strangers.Waiting who = next.get().of();
            switch (next.get()) {
                case Strangers.Failure(Strangers.Waiting _, Throwable why) -> undecided(who.request(), why, now);
                case Strangers.Answer(Strangers.Waiting _, FirstAnswer decision) ->
                    answered(who.request(), decision, now).ifPresent(result -> registered(who, result, now));
            }
        }
        listeners.forEach(replies::flush);
    }

    private void registered(Strangers.Waiting who, ProxyDhcp.Answered result, Instant now) {
        tell(who.request(), who.early().map(result::eventsAfter).orElse(result.events()), now);
        boolean isSent = who.early().map(ProxyDhcp.Answered::outcome).equals(Optional.of(result.outcome()));
        if (!isSent) {
            replies.send(who.listener(), who.interfaceIndex(), who.request(), result.outcome(), now);
        }
    }

    /** The other clients must be able to boot whatever is wrong with this one's decision. */
    private void undecided(Request request, Throwable why, Instant now) {
        LOG.error("no decision for {}", request.device(), why);
        events.happened(now, request.device(), "failure", "no decision, so no answer: " + why);
    }

    private Optional<ProxyDhcp.Answered> answered(Request request, FirstAnswer decision, Instant now) {
        try {
            return Optional.of(engine.answer(request, decision, now));
        } catch (RuntimeException e) {
            undecided(request, e, now);
            return Optional.empty();
        }
    }

    private void tell(Request request, List<ProxyDhcp.Event> told, Instant now) {
        told.forEach(event -> events.happened(now, request.device(), event.kind(), event.text()));
    }

    /** Takes what a DHCP server was heard to offer; by any thread. */
    void overheard(SpoiltOffers.Overheard offer) {
        if (overheard.offer(offer)) { // else so many come that none of them matters
            loop.wakeup();
        }
    }

    /** Takes what a DHCP server was heard to refuse; by any thread. */
    void refused(DhcpPacket nak) {
        if (refusals.offer(nak)) { // as above
            loop.wakeup();
        }
    }

    private void repeatOverheard() {
        for (var offer = overheard.poll(); offer != null; offer = overheard.poll()) {
            replies.heard(offer, clock.instant());
        }
    }

    @Override
    public void close() {
        loop.close();
        strangers.close();
        ports.close();
    }
}
