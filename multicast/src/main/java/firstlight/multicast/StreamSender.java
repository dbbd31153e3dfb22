package firstlight.multicast;

import firstlight.wire.multicast.Report;
import firstlight.wire.multicast.StreamPacket.Phase;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The sender's decisions: what to send next, how fast, for whom. Knows no socket, block or clock; one thread owns it. It sends
 * only what a member has said that it lacks, so that a room that holds most of the image already gets the difference.
 *
 * <pre>
 * GATHERING --all expected are there, or the first has waited long enough--> IDLE
 * IDLE (named for what a beat says then): parity for those who lack a few symbols, then whole blocks in a circle, then beats
 * IDLE --nobody has lacked anything for a while--> ENDED
 * </pre>
 *
 * A member that prepares, because it compares its disk first, lacks something: it keeps the stream for hours, and counts for nothing else.
 */
public final class StreamSender {
    private static final long SECOND = 1_000_000_000L;
    private static final long BEAT = 100_000_000;
    /** The first who is ready waits so long for the others. */
    private static final long GATHERING = 20 * SECOND;
    /** So long nobody has to lack anything. */
    private static final long LINGER = 10 * SECOND;

    /** Members that were told of the stream, but never came: their disks may take long to be made ready. */
    private static final long NOBODY = 120 * SECOND;

    /** Where nobody listens, those that prepare are waited for so long: one may hang for ever. Who comes later joins another stream. */
    private static final long PREPARING = 12 * 3600 * SECOND;

    /** So long a member is in trouble, while most are not, before the others try to go on without it. */
    private static final long CHRONIC = 2 * SECOND;
    /** After this time without it they must be twice as fast, or it is taken back. */
    private static final long TRIAL = 4 * SECOND;

    private static final long NO_NEW_TRIAL = 30 * SECOND;

    private final Wants wants;
    private final byte[] parities;
    private final SortedMap<Integer, Member> members = new TreeMap<>();
    private final double fastest;
    private int expected;
    private long sequence;
    private Phase phase = Phase.GATHERING;
    private Pace pace;
    private long readyAt;
    private long lackedAt;
    private long listenedAt;
    private long steppedAt;
    private long sentInStep;
    private long beatAt;
    private long trialAt;
    private double trialRate;
    private boolean trial;
    private boolean trialled;
    private long symbolsSent;
    private long paritySent;

    /** What to do next. */
    public sealed interface Next {
        /**
         * Send {@code symbols} of {@code block}, or all of it with some parity, and say so by {@link #sent}.
         *
         * @param symbols 0: all
         * @param parityShare how many parity symbols to send after a whole block, as a share of its symbols
         */
        record Send(int block, int symbols, double parityShare) implements Next {}

        /** Say that the stream lives; it takes a sequence of its own. */
        record Beat(Phase phase, long sequence) implements Next {}

        /** Nothing before {@code until}, or before the next report. */
        record Rest(long until) implements Next {}
    }

    /**
     * @param blocks how many the image has
     * @param fastest octets a second, at most; infinite for as fast as the network takes
     */
    public StreamSender(int blocks, double fastest, long now) {
        wants = new Wants(blocks);
        parities = new byte[blocks];
        this.fastest = fastest;
        pace = Pace.first(now);
        readyAt = now;
        lackedAt = now;
        listenedAt = now;
        steppedAt = now;
        beatAt = now;
        trialAt = now;
    }

    /** So many members were told of the stream by now. */
    public void expect(int count) {
        expected = Math.max(expected, count);
    }

    /** A member's report; its seal was right. */
    public void on(int number, long reportNumber, Report report, long now) {
        Member before = members.get(number);
        if (before != null && reportNumber <= before.number()) {
            return; // replayed, or overtaken on the way
        }
        if (members.values().stream().allMatch(Member::isPreparing)) {
            readyAt = now;
        }
        Member member = before == null ? Member.first(reportNumber, report, now) : before.on(reportNumber, report, now);
        members.put(number, member);
        listenedAt = member.isPreparing() ? listenedAt : now;
        if (member.lacks() && now - listenedAt < PREPARING) {
            lackedAt = now;
        }
        if (member.aside()) {
            return;
        }
        wants.add(report);
        if (member.isInTrouble() && member.hasTold(pace.changedAt()) && phase == Phase.IDLE) {
            boolean lost = member.report().occupancy() <= 700;
            pace = pace.slower(lost ? member.followed() : Double.POSITIVE_INFINITY, sequence, now);
        }
    }

    public Next next(long now) {
        if (phase == Phase.ENDED) {
            return new Next.Beat(phase, sequence++);
        }
        if (phase == Phase.GATHERING && isGathered(now)) {
            phase = Phase.IDLE;
            steppedAt = now;
        }
        if (now - lackedAt > (members.isEmpty() ? NOBODY : LINGER)) {
            phase = Phase.ENDED;
            return new Next.Beat(phase, sequence++);
        }
        if (phase == Phase.IDLE) {
            step(now);
            Wants.Next next = wants.take();
            if (next != null) {
                return new Next.Send(next.block(), mending(next.symbols(), now), sureLoss(now));
            }
            takeBackWhenTheOthersAreDone(now);
        }
        if (now - beatAt >= BEAT) {
            beatAt = now;
            return new Next.Beat(phase, sequence++);
        }
        return new Next.Rest(beatAt + BEAT);
    }

    /** Whether enough are there; no answer is given to members before. */
    private boolean isGathered(long now) {
        long ready = members.values().stream()
                .filter(member -> !member.isPreparing())
                .count();
        return ready > 0 && (ready >= expected || now - readyAt > GATHERING);
    }

    /** What is sent to mend may be lost as well. */
    private int mending(int symbols, long now) {
        double most = members.values().stream()
                .filter(member -> !member.aside() && !member.isGone(now))
                .mapToDouble(member -> member.expectedLoss(pace.changedAt()))
                .max()
                .orElse(0);
        return symbols == 0 ? 0 : Math.min(254, (int) Math.round(symbols / (1 - Math.min(most, 0.5))));
    }

    /** Loss that everybody has is answered before it is complained of. */
    private double sureLoss(long now) {
        return counted(now).stream()
                .filter(Member::lacks)
                .mapToDouble(member -> member.loss().usual())
                .min()
                .orElse(0);
    }

    /** The whole blocks that will be sent next, at most {@code most}, as far as is known. */
    public List<Integer> upcoming(int most) {
        return wants.upcoming(most);
    }

    /** The number of the first packet that is sent next. */
    public long sequence() {
        return sequence;
    }

    /** The number of the parity symbol of {@code block} that was not sent yet, counted from its first; goes round. */
    public int nextParity(int block) {
        return parities[block] & 0xFF;
    }

    /**
     * Something of a block was sent.
     *
     * @param packets how many, the parity symbols among them
     * @param octets of all packets
     */
    public void sent(int block, int packets, int parity, long octets) {
        sequence += packets;
        parities[block] = (byte) ((nextParity(block) + parity) % 255);
        symbolsSent += packets;
        paritySent += parity;
        sentInStep += octets;
        wants.sent(block, sequence - 1);
    }

    /** It could not be sent just now. */
    public void again(Next.Send send) {
        wants.again(send.block(), send.symbols());
    }

    /** A beat that keeps the members while a block is waited for: they neither take the stream for silent nor for useless. */
    public Next.Beat waiting(long now) {
        beatAt = now;
        return new Next.Beat(Phase.GATHERING, sequence++);
    }

    /** The block is not sent any more: who lacks it has to ask for it in another way, and hears why it cannot be had. */
    public void unreadable(int block) {
        wants.never(block);
    }

    private void step(long now) {
        long time = now - steppedAt;
        if (time < Pace.STEP) {
            return;
        }
        boolean used = sentInStep * 1e9 / time > pace.rate() * (pace.starting() ? 0.85 : 0.7);
        steppedAt = now;
        sentInStep = 0;
        boolean calm = counted(now).stream().noneMatch(member -> member.isInTrouble() || member.isFilling());
        if (used && calm && now - pace.calmUntil() >= 0) {
            pace = pace.starting() ? started(now) : pace.faster(fastest);
        }
        straggle(now);
    }

    /** A PC whose reports are late, because it is busy with what it got, is not sent more meanwhile. */
    private Pace started(long now) {
        boolean followed =
                counted(now).stream().filter(Member::lacks).allMatch(member -> member.hasTold(pace.changedAt()));
        return followed ? pace.muchFaster(fastest, sequence) : pace;
    }

    /** Leaves the few behind who hold up the many, if that does make the many faster. */
    private void straggle(long now) {
        if (trial) {
            if (now - trialAt > TRIAL) {
                trial = false;
                if (pace.rate() < 2 * trialRate) {
                    takeBack();
                }
            }
            return;
        }
        long chronic = counted(now).stream()
                .filter(member -> member.isChronic(CHRONIC, now))
                .count();
        boolean tooSoon = trialled && now - trialAt < NO_NEW_TRIAL;
        if (chronic == 0 || chronic * 2 > counted(now).size() || tooSoon) {
            return;
        }
        trial = true;
        trialled = true;
        trialAt = now;
        trialRate = pace.rate();
        pace = pace.searching(now);
        members.replaceAll((number, member) -> member.isChronic(CHRONIC, now) ? member.leftBehind() : member);
    }

    private void takeBack() {
        members.replaceAll((number, member) -> member.aside() ? member.takenBack() : member);
    }

    /** The stragglers get what the stream still has to give, at their own pace. */
    private void takeBackWhenTheOthersAreDone(long now) {
        if (!trial && counted(now).stream().noneMatch(Member::lacks)) {
            takeBack();
        }
    }

    private Collection<Member> counted(long now) {
        return members.values().stream()
                .filter(member -> !member.aside() && !member.isPreparing() && !member.isGone(now))
                .toList();
    }

    /** Octets a second. */
    public double rate() {
        return Math.min(fastest, pace.rate());
    }

    public boolean isEnded() {
        return phase == Phase.ENDED;
    }

    /**
     * How a stream stands, for people.
     *
     * @param symbols packets that were sent so far, {@code parity} among them
     * @param wanted blocks that somebody has asked for and that were not sent since
     */
    public record Standing(Phase phase, double rate, long symbols, long parity, int wanted) {
        /** One word. */
        public String state() {
            return switch (phase) {
                case GATHERING -> "gathering";
                case IDLE -> wanted > 0 ? "streaming" : "idle";
                case ENDED -> "ended";
            };
        }
    }

    public Standing standing() {
        return new Standing(phase, rate(), symbolsSent, paritySent, wants.wholeBlocks());
    }

    /** How the member stands; empty when it has not reported yet. */
    public Optional<MemberStanding> standing(int number, long now) {
        Member member = members.get(number);
        return member == null
                ? Optional.empty()
                : Optional.of(new MemberStanding(
                        member.report().lacking(),
                        member.loss().share(),
                        member.isPreparing(),
                        member.aside(),
                        member.isGone(now)));
    }

    /**
     * @param lacking blocks that it still has to get
     * @param loss the share of packets that it lost lately
     * @param preparing it compares its disk with the image, or erases it, and listens afterwards
     * @param aside it could not follow, and the others do not wait for it
     * @param silent it has not reported for some seconds: it has what it wanted, goes on alone, or is off
     */
    public record MemberStanding(int lacking, double loss, boolean preparing, boolean aside, boolean silent) {
        /** One word. */
        public String state() {
            if (lacking == 0) {
                return "complete";
            }
            return silent ? "silent" : preparing ? "preparing" : aside ? "behind" : "listening";
        }
    }
}
