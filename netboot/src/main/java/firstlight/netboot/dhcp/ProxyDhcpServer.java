package firstlight.netboot.dhcp;

import firstlight.model.BootDecisions;
import firstlight.model.Bytes;
import firstlight.model.Events;
import firstlight.model.FirstAnswer;
import firstlight.model.Ipv4Address;
import firstlight.netboot.dhcp.Arrival.Door;
import firstlight.netboot.dhcp.Listener.Heard;
import firstlight.sockets.Interfaces;
import firstlight.sockets.Poller;
import firstlight.sockets.ShortSlices;
import firstlight.sockets.SocketFailure;
import firstlight.wire.DecodeException;
import firstlight.wire.dhcp.DhcpCodec;
import firstlight.wire.dhcp.DhcpGlance;
import firstlight.wire.dhcp.DhcpOption;
import firstlight.wire.dhcp.DhcpPacket;
import java.net.SocketException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries packets between the sockets and {@link ProxyDhcp}. One thread owns sockets and engine. */
public final class ProxyDhcpServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ProxyDhcpServer.class);
    private static final long ADDRESSES_STAY = Duration.ofSeconds(5).toNanos();
    private static final long LOOK_AGAIN = Duration.ofSeconds(5).toNanos();
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
    private final ReentrantLock polling = new ReentrantLock();
    private final Thread thread;
    private final HeardLeases leases = new HeardLeases();
    private final ClientWatch watch;
    private final Drops drops = new Drops();
    private final LongAdder answered = new LongAdder();
    private volatile boolean open = true;
    private volatile List<Listener> listeners;
    private Poller poller;
    private Map<Integer, List<Interfaces.Address>> addresses = Map.of();
    private long addressesRead = System.nanoTime() - ADDRESSES_STAY;

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
        this.clock = clock;
        this.ports = ports;
        this.listeners = List.copyOf(ports.listeners());
        this.poller = poller(listeners);
        this.strangers = new Strangers(decisions, clock, this::wakeup);
        this.thread = Thread.ofPlatform().name("proxy-dhcp").start(this::run);
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

    /** Whether no other server of this host can have the DHCP port beside us. */
    public boolean holdsDhcpPort() {
        return listeners.stream().anyMatch(listener -> listener.door() == Door.DHCP && listener.holdsPort());
    }

    public int port(Door door) {
        return listeners.stream()
                .filter(listener -> listener.door() == door)
                .mapToInt(Listener::port)
                .findFirst()
                .orElse(0);
    }

    public long answered() {
        return answered.sum();
    }

    /** Packets, and options of packets, that were dropped since the start, by the kind of their fault. */
    public Map<String, Long> dropped() {
        return drops.counts();
    }

    private void run() {
        boolean _ = ShortSlices.take();
        try {
            WarmUp.run();
            long looked = System.nanoTime();
            while (open) {
                poller.awaitNanos(ports.followInterfaces() ? LOOK_AGAIN : SLEEP);
                for (int i = 0; i < listeners.size(); i++) {
                    if (poller.isReady(i)) {
                        serve(listeners.get(i));
                    }
                }
                if (ports.followInterfaces() && System.nanoTime() - looked >= LOOK_AGAIN) {
                    looked = System.nanoTime();
                    look();
                }
                answerStrangers(); // last: a wake-up of the poller that went is made good
                Instant now = clock.instant();
                watch.due(now).forEach(told -> tell(told, now));
            }
        } catch (SocketFailure e) {
            LOG.error("proxy DHCP has ended: {}", e.getMessage());
        }
    }

    private static Poller poller(List<Listener> listeners) throws SocketFailure {
        return new Poller(listeners.stream().map(Listener::socket).toList());
    }

    private void look() throws SocketFailure {
        if (ports.look()) {
            List<Listener> now = List.copyOf(ports.listeners());
            Poller wider = poller(now);
            polling.lock();
            try {
                poller.close();
                poller = wider;
                listeners = now;
            } finally {
                polling.unlock();
            }
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
        flush(listener);
    }

    private void flush(Listener listener) {
        listener.flush(this::notSent);
    }

    private void notSent(int message, SocketFailure failure) {
        LOG.debug("message {} of a flush was not sent", message, failure);
        drops.note("send: " + failure.errno(), failure.toString());
    }

    private void packet(Listener listener, int i) {
        Optional<Heard> heard = listener.heard(i);
        if (heard.isEmpty()) {
            return;
        }
        byte[] octets = heard.get().octets().toArray();
        if (DhcpGlance.isOfNoInterest(octets)) {
            return;
        }
        DhcpPacket packet = DhcpCodec.decode(octets);
        leases.hear(packet, listener.interfaceIndex(i));
        Optional<Arrival> arrival = arrival(listener, i, heard.get(), packet);
        if (arrival.isEmpty()) {
            drops.note(
                    "no address",
                    "a packet came on interface " + listener.interfaceIndex(i) + ", which has no IPv4 address");
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
        watch.hear(packet, now).forEach(told -> tell(told, now));
        switch (engine.read(packet, arrival.get())) {
            case Silence silence -> {
                LOG.debug("no answer to {}: {}", packet.mac(), silence);
                if (silence.reason().isAboutOurClient()) {
                    packet.mac().ifPresent(mac -> events.happened(now, mac, "silence", silence.toString()));
                }
            }
            case Refusal refusal -> {
                events.happened(now, refusal.device(), "refused-lease", Refusal.TEXT);
                send(listener, listener.interfaceIndex(i), refusal.reply());
            }
            case Request request -> answer(listener, i, request, now);
        }
    }

    private void tell(ClientWatch.Told told, Instant now) {
        events.happened(now, told.device(), told.kind(), told.text());
    }

    private void answer(Listener listener, int i, Request request, Instant now) {
        Optional<FirstAnswer> decision;
        try {
            decision = decisions.promptAnswer(request.facts(), now);
        } catch (RuntimeException e) {
            undecided(request, e, now);
            return;
        }
        if (decision.isPresent()) {
            reply(listener, listener.interfaceIndex(i), request, decision.get(), now);
        } else if (!strangers.offer(new Strangers.Waiting(request, listener, listener.interfaceIndex(i)))) {
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
                case Strangers.Failure(Strangers.Waiting _, RuntimeException why) -> undecided(who.request(), why, now);
                case Strangers.Answer(Strangers.Waiting _, FirstAnswer answer) -> {
                    if (listeners.contains(who.listener())) { // else its interface is gone
                        reply(who.listener(), who.interfaceIndex(), who.request(), answer, now);
                    }
                }
            }
        }
        listeners.forEach(this::flush);
    }

    /** The other clients must be able to boot whatever is wrong with this one's decision. */
    private void undecided(Request request, RuntimeException why, Instant now) {
        LOG.error("no decision for {}", request.device(), why);
        events.happened(now, request.device(), "failure", "no decision, so no answer: " + why);
    }

    private void reply(Listener listener, int interfaceIndex, Request request, FirstAnswer decision, Instant now) {
        ProxyDhcp.Answered result;
        try {
            result = engine.answer(request, decision, now);
        } catch (RuntimeException e) {
            undecided(request, e, now);
            return;
        }
        result.events().forEach(event -> events.happened(now, request.device(), event.kind(), event.text()));
        if (result.outcome() instanceof ProxyDhcp.Reply reply) {
            send(listener, interfaceIndex, reply);
            watch.answered(reply.packet(), now);
            answered.increment();
        }
    }

    private void send(Listener listener, int interfaceIndex, ProxyDhcp.Reply reply) {
        listener.send(
                reply,
                DhcpCodec.encode(reply.packet()),
                // Broadcasts go out where they were heard; the rest finds its way by route.
                reply.to().equals(Ipv4Address.BROADCAST) ? interfaceIndex : 0,
                this::notSent);
    }

    private Optional<Arrival> arrival(Listener listener, int i, Heard heard, DhcpPacket packet) {
        List<Interfaces.Address> own = own(listener.interfaceIndex(i));
        Ipv4Address destination = listener.destination(i);
        Optional<Ipv4Address> server = Arrival.server(
                        listener.localAddress(i),
                        destination,
                        own.stream().map(Interfaces.Address::address).toList())
                .map(found -> destination.equals(found)
                        ? found
                        : leases.nearest(packet, listener.interfaceIndex(i), own, found));
        if (server.isEmpty()) {
            return Optional.empty();
        }
        int prefix = own.stream()
                .filter(each -> each.address().equals(server.get()))
                .mapToInt(Interfaces.Address::prefix)
                .findFirst()
                .orElse(32);
        String network = Arrival.network(server.get(), prefix, heard.source());
        return Optional.of(new Arrival(listener.door(), heard.source(), heard.sourcePort(), server.get(), network));
    }

    private List<Interfaces.Address> own(int index) {
        if (System.nanoTime() - addressesRead >= ADDRESSES_STAY) {
            addressesRead = System.nanoTime();
            try {
                Map<Integer, List<Interfaces.Address>> read = new TreeMap<>();
                Interfaces.up().forEach(each -> read.put(each.index(), each.addresses()));
                addresses = read;
            } catch (SocketException e) {
                drops.note("interfaces", "the interfaces' addresses cannot be read: " + e.getMessage());
            }
        }
        return addresses.getOrDefault(index, List.of());
    }

    private void wakeup() {
        polling.lock();
        try {
            poller.wakeup();
        } finally {
            polling.unlock();
        }
    }

    @Override
    public void close() {
        if (!open) {
            return;
        }
        open = false;
        wakeup();
        try {
            thread.join();
            strangers.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        poller.close();
        ports.close();
    }
}
