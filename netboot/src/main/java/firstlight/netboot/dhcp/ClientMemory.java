package firstlight.netboot.dhcp;

import firstlight.model.Bytes;
import firstlight.wire.dhcp.DhcpOption.IpxeOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What was handed to which client lately: enough to give a chainloaded iPXE its script, not the first answer again, and to
 * notice a client that goes in a circle. Mutable, owned by its {@link ProxyDhcp}.
 */
final class ClientMemory {
    /** How long after a boot program was handed out an iPXE that asks is taken for that program. */
    static final Duration CHAIN_WINDOW = Duration.ofMinutes(3);

    static final Duration CIRCLE_WINDOW = Duration.ofSeconds(60);
    static final int CIRCLE = 3;
    /** EDK2 pauses for 16 s at most. gPXE and old ROMs make their transaction id of the MAC address, so that their next start has it again. */
    private static final Duration REPEATS = Duration.ofSeconds(20);

    private static final int CLIENTS = 65_536;

    private final Map<Bytes, Handed> byClient = Bounded.byUse(CLIENTS);

    /**
     * @param discover whether it was handed out for a DISCOVER
     * @param times when it was handed out within the circle's window, once a
     *     transaction id, oldest first; one more than a circle has at most
     * @param program the last boot program, which may be what was handed out before this file
     * @param last when it was handed out last, be it by a repeated packet
     */
    private record Handed(
            Plan.Load load,
            int transactionId,
            boolean discover,
            List<Instant> times,
            Optional<Program> program,
            Instant last) {
        /**
         * Whether {@code request} belongs to what was handed out last. EDK2 that hears us and a DHCP server with option 60 on one host
         * takes our offer and asks on 4011 as well, by another transaction id.
         */
        boolean isMetBy(Request request, Instant now) {
            return (transactionId == request.packet().transactionId() && now.isBefore(last.plus(REPEATS)))
                    || (discover && request.question() instanceof Request.Question.BootFile);
        }

        Handed again(Instant now) {
            return new Handed(load, transactionId, discover, times, program, now);
        }

        /** It goes in a circle, and that was noted just now. */
        boolean isAFlood(Instant now) {
            return times.size() > CIRCLE
                    && now.getEpochSecond() - times.getLast().getEpochSecond() < Bounded.REPEATED.toSeconds();
        }
    }

    /** @param asker the iPXE that asked for it, empty for other firmware */
    private record Program(Optional<IpxeOptions> asker, Instant at) {}

    /**
     * @param inOurBoot the client is an iPXE that we handed out, not the one in its ROM
     * @param inACircle the client was given the same file so often that it must be told something else
     */
    record Known(boolean inOurBoot, boolean inACircle) {
        static final Known NOTHING = new Known(false, false);
    }

    Known about(Request request, Instant now) {
        Handed handed = byClient.get(request.client().key());
        if (handed == null || !request.client().isIpxe() || handed.program.isEmpty()) {
            return Known.NOTHING;
        }
        Program program = handed.program.get();
        boolean recent = program.at.plus(CHAIN_WINDOW).isAfter(now);
        // A ROM that was given our build and comes again is a PC that was restarted; our build shows other features.
        boolean another = !program.asker.equals(request.client().ipxe());
        boolean often = within(handed.times, now).size() >= CIRCLE - 1;
        // A repeated packet gets what it got, whatever that was.
        boolean circle = handed.isMetBy(request, now) ? !handed.load.program() : handed.load.program() && often;
        return new Known(recent && another, circle);
    }

    /** Takes note of a file that is handed out. True if the client got it the third time within a minute. */
    boolean note(Request request, Plan.Load load, Instant now) {
        Bytes client = request.client().key();
        Optional<Handed> before = Optional.ofNullable(byClient.get(client));
        Optional<Handed> same = before.filter(handed -> isSame(handed.load, load));
        Optional<Handed> met = same.filter(handed -> handed.isMetBy(request, now));
        met.ifPresent(handed -> byClient.put(client, handed.again(now)));
        if (met.isPresent() || same.filter(handed -> handed.isAFlood(now)).isPresent()) {
            return false; // a repeated packet
        }
        List<Instant> times =
                new ArrayList<>(same.map(handed -> within(handed.times, now)).orElse(List.of()));
        times.add(now);
        if (times.size() > CIRCLE + 1) {
            times.removeFirst(); // more of them tell nothing more
        }
        Optional<Program> program = load.program()
                ? Optional.of(new Program(request.client().ipxe(), now))
                : before.flatMap(Handed::program);
        boolean discover = request.question() instanceof Request.Question.Discover;
        byClient.put(
                client, new Handed(load, request.packet().transactionId(), discover, List.copyOf(times), program, now));
        return times.size() == CIRCLE;
    }

    /** By whichever of our addresses: with two cards in one LAN each question is heard twice, and answered with either. */
    private static boolean isSame(Plan.Load one, Plan.Load other) {
        return one.program() == other.program() && withoutHost(one.file()).equals(withoutHost(other.file()));
    }

    private static String withoutHost(String file) {
        int host = file.indexOf("://") + 3;
        return host < 3 ? file : file.substring(0, host) + file.substring(file.indexOf('/', host));
    }

    private static List<Instant> within(List<Instant> times, Instant now) {
        Instant start = now.minus(CIRCLE_WINDOW);
        return times.stream().filter(time -> time.isAfter(start)).toList();
    }
}
