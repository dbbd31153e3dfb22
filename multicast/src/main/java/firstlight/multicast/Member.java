package firstlight.multicast;

import firstlight.wire.multicast.Report;
import firstlight.wire.multicast.StreamCodec;

/**
 * One receiver, as the sender knows it by its reports.
 *
 * @param number of its last report; older ones are replays
 * @param at when that came
 * @param loss the share of the last packets that it did not get
 * @param usual the share that it loses however slow the stream is
 * @param followed octets a second that it got between its last two reports
 * @param from the sequence from which on {@code loss} was counted; -1 before it was
 * @param of how many packets it was counted of
 * @param troubleSince when its present trouble began; 0: none
 * @param troubleAt when it was in trouble the last time
 * @param aside the others do not wait for it
 */
record Member(
        long number,
        long at,
        Report report,
        double loss,
        double usual,
        double followed,
        long from,
        long of,
        long troubleSince,
        long troubleAt,
        boolean aside) {
    /** Fewer packets than these between two reports tell nothing. */
    private static final int ENOUGH = 40;

    /** More loss than this is never taken as usual. */
    private static final double MOST_USUAL = 0.12;

    /** So many more packets may be lost by chance between two reports. */
    private static final double CHANCE = 8;

    private static final int FULL = 700;
    private static final int FILLING = 400;
    private static final long GONE = 3_000_000_000L;
    private static final long RELIEF = 1_500_000_000L;

    static Member first(long number, Report report, long now) {
        return new Member(number, now, report, 0, 0, Double.POSITIVE_INFINITY, -1, ENOUGH, 0, now - RELIEF, false);
    }

    Member on(long newNumber, Report next, long now) {
        if (report.heard() < 0) { // what was sent before it heard anything is no loss
            return first(newNumber, next, now);
        }
        long sent = next.heard() - report.heard();
        long got = next.received() - report.received();
        double newLoss = loss;
        double newUsual = usual;
        double newFollowed = followed;
        if (sent >= ENOUGH && now > at) {
            newLoss = Math.clamp(1 - (double) got / sent, 0, 1);
            newUsual = newLoss < usual ? newLoss : Math.min(MOST_USUAL, usual + (newLoss - usual) * 0.05);
            newFollowed = (double) got * StreamCodec.MAX_PACKET * 1e9 / (now - at);
        }
        Member told = new Member(
                newNumber,
                now,
                next,
                newLoss,
                newUsual,
                newFollowed,
                sent >= ENOUGH ? report.heard() : from,
                sent >= ENOUGH ? sent : of,
                troubleSince,
                troubleAt,
                aside);
        return told.troubled(sent >= ENOUGH, now);
    }

    private Member troubled(boolean news, long now) {
        if (news && isInTrouble()) {
            boolean old = troubleSince != 0 && now - troubleAt < RELIEF;
            return new Member(
                    number, at, report, loss, usual, followed, from, of, old ? troubleSince : now, now, aside);
        }
        boolean over = now - troubleAt >= RELIEF;
        return new Member(
                number, at, report, loss, usual, followed, from, of, over ? 0 : troubleSince, troubleAt, aside);
    }

    /** It loses more than it usually does, or cannot write as fast as it hears. */
    boolean isInTrouble() {
        return loss > 2 * usual + 0.03 + CHANCE / of || report.occupancy() > FULL;
    }

    /** Whether its loss was counted of packets that were all sent since {@code sequence}. */
    boolean hasTold(long sequence) {
        return from >= sequence;
    }

    /** What it will lose of what is sent now: of a pace that is over it says nothing but what it loses at any. */
    double expectedLoss(long sequence) {
        return hasTold(sequence) ? loss : usual;
    }

    /** Not in trouble yet, but faster would not do. */
    boolean isFilling() {
        return report.occupancy() > FILLING;
    }

    /** In trouble for longer than {@code time}, with short reliefs at most. */
    boolean isChronic(long time, long now) {
        return troubleSince != 0 && now - troubleSince > time;
    }

    boolean isGone(long now) {
        return now - at > GONE;
    }

    boolean lacks() {
        return report.lacking() > 0;
    }

    boolean isPreparing() {
        return report.isPreparing();
    }

    /** The same, set aside: the others wait for it no longer. */
    Member leftBehind() {
        return withAside(true);
    }

    /** The same, one of those again that the others wait for. */
    Member takenBack() {
        return withAside(false);
    }

    private Member withAside(boolean isAside) {
        return new Member(number, at, report, loss, usual, followed, from, of, 0, troubleAt, isAside);
    }
}
