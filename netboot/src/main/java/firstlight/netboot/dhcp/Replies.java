package firstlight.netboot.dhcp;

import firstlight.model.Bytes;
import firstlight.model.Events;
import firstlight.model.Ipv4Address;
import firstlight.model.MacAddress;
import firstlight.sockets.SocketFailure;
import firstlight.wire.dhcp.DhcpCodec;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What goes out to clients, and what is to be repeated behind it. Owned by the proxy's thread, but for the count. */
final class Replies {
    private static final Logger LOG = LoggerFactory.getLogger(Replies.class);

    /** Where a client's DISCOVER is repeated to, for a DHCP server whose offer was not heard here. */
    private static final int SERVER_PORT = 67;

    private final Predicate<Listener> isOpen;
    private final ClientWatch watch;
    private final Events events;
    private final Drops drops;
    private final InstantSource clock;
    private final SpoiltOffers spoilt = new SpoiltOffers();
    /** Answers to questions; refusals and repeated offers are not among them. */
    private final LongAdder sent = new LongAdder();

    /** @param isOpen false for one whose interface is gone */
    Replies(Predicate<Listener> isOpen, ClientWatch watch, Events events, Drops drops, InstantSource clock) {
        this.isOpen = isOpen;
        this.watch = watch;
        this.events = events;
        this.drops = drops;
        this.clock = clock;
    }

    /** By any thread. */
    long sent() {
        return sent.sum();
    }

    /** @param interfaceIndex where the request was heard */
    void send(Listener listener, int interfaceIndex, Request request, ProxyDhcp.Outcome outcome, Instant now) {
        send(listener, interfaceIndex, request, outcome, Optional.of(request.device()), now);
    }

    /** To a PC that is not registered yet: an event would open a boot of nobody's. What it repeats tells. */
    void sendEarly(Listener listener, int interfaceIndex, Request request, ProxyDhcp.Outcome outcome, Instant now) {
        send(listener, interfaceIndex, request, outcome, Optional.empty(), now);
    }

    private void send(
            Listener listener,
            int interfaceIndex,
            Request request,
            ProxyDhcp.Outcome outcome,
            Optional<MacAddress> recipient,
            Instant now) {
        if (outcome instanceof ProxyDhcp.Reply reply && isOpen.test(listener)) {
            send(listener, interfaceIndex, reply, DhcpCodec.octets(reply.packet()), recipient);
            watch.answered(reply.packet(), now);
            sent.increment();
            if (request.treatment().spoils() && request.question() instanceof Request.Question.Discover) {
                spoilt.answered(reply.packet(), SpoiltOffers.Answer.of(reply, listener, interfaceIndex))
                        .ifPresent(repeat -> send(repeat, now));
                if (spoilt.isToBeHeard(request, interfaceIndex)) {
                    ProxyDhcp.Reply again =
                            new ProxyDhcp.Reply(request.packet(), reply.from(), reply.to(), SERVER_PORT);
                    send(listener, interfaceIndex, again, DhcpCodec.octets(again.packet()), Optional.empty());
                }
            }
        }
    }

    /** A client has taken our offer for a lease. */
    void refuse(Listener listener, int interfaceIndex, Refusal refusal) {
        spoilt.lost(refusal.packet(), interfaceIndex);
        ProxyDhcp.Reply reply = refusal.reply();
        send(listener, interfaceIndex, reply, DhcpCodec.octets(reply.packet()), Optional.of(refusal.device()));
    }

    /** Whether we have answered this packet of its client already, and it is not the client that sends it again. */
    boolean isRepeated(Request request) {
        return spoilt.isRepeated(request);
    }

    /** A DHCP server was heard to offer what the client may spoil. */
    void heard(SpoiltOffers.Overheard offer, Instant now) {
        spoilt.hear(offer)
                .filter(repeat -> isOpen.test(repeat.answer().listener()))
                .ifPresent(repeat -> send(repeat, now));
    }

    private void send(SpoiltOffers.Repeat repeat, Instant now) {
        SpoiltOffers.Answer behind = repeat.answer();
        send(
                behind.listener(),
                behind.interfaceIndex(),
                repeat.reply(),
                repeat.offer().octets(),
                Optional.empty());
        repeat.offer().packet().mac().ifPresent(mac -> events.happened(now, mac, "repeated-offer", SpoiltOffers.TEXT));
    }

    private void send(
            Listener listener,
            int interfaceIndex,
            ProxyDhcp.Reply reply,
            Bytes octets,
            Optional<MacAddress> recipient) {
        listener.send(
                reply,
                octets,
                // Broadcasts go out where they were heard; the rest finds its way by route.
                reply.to().equals(Ipv4Address.BROADCAST) ? interfaceIndex : 0,
                recipient,
                this::notSent);
    }

    void flush(Listener listener) {
        listener.flush(this::notSent);
    }

    /** The events have told what is offered before it is sent. */
    private void notSent(Optional<MacAddress> recipient, SocketFailure failure) {
        LOG.debug("an answer was not sent", failure);
        String why = String.valueOf(failure.getMessage());
        drops.note("send: " + failure.errno(), why);
        recipient.ifPresent(device -> events.happened(
                clock.instant(), device, "unsent", "what Firstlight answers does not leave this host: " + why));
    }
}
