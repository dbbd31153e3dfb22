package firstlight.netboot.dhcp;

import firstlight.model.FirstAnswer;
import firstlight.model.Ipv4Address;
import firstlight.wire.dhcp.DhcpPacket;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The proxy's engine: a packet, how it came, a decision and the time make a reply, or a reason for silence. Knows no socket and no
 * clock. Not for several threads: whoever runs it guards it.
 *
 * <p>{@link #read} comes first, since the decision is made over the facts in the packet; {@link #answer} second.
 */
public final class ProxyDhcp {
    private final ProxyDhcpSettings settings;
    private final ClientMemory memory = new ClientMemory();

    public ProxyDhcp(ProxyDhcpSettings settings) {
        this.settings = settings;
    }

    /** A packet is for us, or there is a reason not to answer it. */
    public sealed interface Reading permits Request, Refusal, Silence {}

    public sealed interface Outcome permits Reply, Silence {}

    /** A packet to send from the door that it came by. */
    public record Reply(DhcpPacket packet, Ipv4Address from, Ipv4Address to, int port) implements Outcome {}

    /** One line about the client, with the kind that {@link firstlight.model.Events} wants. */
    public record Event(String kind, String text) {}

    /** The kind of event that says: somebody pressed the firmware's own hotkey and chose us. */
    public static final String HOTKEY = "hotkey";

    private static final String LOOP = "loop";

    public record Answered(Outcome outcome, List<Event> events) {
        public Answered {
            events = List.copyOf(events);
        }

        /** What there is to tell when this is the second answer to a packet: that its client goes in a circle was noticed at the first. */
        List<Event> eventsAfter(Answered first) {
            return Stream.concat(
                            first.events.stream().filter(event -> event.kind().equals(LOOP)), events.stream())
                    .toList();
        }
    }

    /** Uses no state: may be called by several threads. */
    public Reading read(DhcpPacket packet, Arrival arrival) {
        return Request.read(packet, arrival, settings);
    }

    public Answered answer(Request request, FirstAnswer decision, Instant now) {
        List<Event> events = new ArrayList<>();
        if (request.question() instanceof Request.Question.ChosenItem) {
            // The preboot client must not ask for the hotkey once more.
            events.add(new Event(HOTKEY, "somebody chose Firstlight in the firmware's menu"));
        }
        Plan plan = Plan.of(request, decision, memory.about(request, now), settings.withClientsOf(decision));
        if (plan instanceof Plan.Load load && memory.note(request, load, now)) {
            events.add(new Event(
                    LOOP,
                    "was sent " + text(load) + " " + ClientMemory.CIRCLE + " times within "
                            + ClientMemory.CIRCLE_WINDOW.toSeconds()
                            + " s: it does not get further; look at its screen and at what it downloads"));
        }
        if (plan instanceof Plan.Quiet(Silence silence)) {
            events.add(event(silence));
            return new Answered(silence, events);
        }
        Reply reply = ReplyBuilder.reply(request, plan);
        events.add(new Event("offer", offer(plan, request, String.join("; ", decision.reasons()))));
        return new Answered(reply, events);
    }

    private static Event event(Silence silence) {
        return new Event("silence", silence.toString());
    }

    /** Put together at once: it is some hundred octets for each packet. */
    private static String offer(Plan plan, Request request, String because) {
        ClientKind who = request.treatment().kind();
        Ipv4Address at = request.arrival().server();
        return because.isEmpty()
                ? text(plan) + " to " + who + " at " + at
                : text(plan) + " to " + who + " at " + at + " (" + because + ")";
    }

    private static String text(Plan plan) {
        return switch (plan) {
            case Plan.Load load -> load.file().isEmpty() ? "our address" : load.file();
            case Plan.AskOn4011() -> "come to port 4011";
            case Plan.LocalDisk() -> "local disk";
            case Plan.Menu(String prompt, int seconds) -> "prompt '" + prompt + "' for " + seconds + " s";
            case Plan.Quiet(Silence silence) -> silence.toString();
        };
    }
}
