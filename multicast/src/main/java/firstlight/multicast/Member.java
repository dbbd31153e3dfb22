package firstlight.multicast;

import firstlight.wire.multicast.Report;
import firstlight.wire.multicast.StreamCodec;

/**
 * One receiver, as the sender knows it by its reports.
 *
 * @param number of its last report; older ones are replays
 * @param at when that came
 * @param followed octets a second that it got between its last two reports
 * @param aside the others do not wait for it
 */
record Member(long number, long at, Report report, Loss loss, double followed, Trouble trouble, boolean aside) {
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

    /**
     * What it does not get.
     *
     * @param share of the last packets
     * @param usual the share that it loses however slow the stream is
     * @param from the sequence from which on {@code share} was counted; -1 before it was
     * @param of how many packets it was counted of
     */
    record Loss(double share, double usual, long from, long of) {
        private static final Loss UNTOLD = new Loss(0, 0, -1, ENOUGH);

        private Loss counted(long newFrom, long newOf) {
            return new Loss(share, usual, newFrom, newOf);
        }

        private Loss ofShare(double newShare) {
            double newUsual = newShare < usual ? newShare : Math.min(MOST_USUAL, usual + (newShare - usual) * 0.05);
            return new Loss(newShare, newUsual, from, of);
        }

        private boolean isMoreThanUsual() {
            return share > 2 * usual + 0.03 + CHANCE / of;
        }
    }

    /**
     * @param since when the present one began; 0: none
     * @param at when it was in trouble the last time
     */
    record Trouble(long since, long at) {
        private Trouble met(long now) {
            boolean old = since != 0 && now - at < RELIEF;
            return new Trouble(old ? since : now, now);
        }

        private Trouble relieved(long now) {
            return now - at >= RELIEF ? over() : this;
        }

        private Trouble over() {
            return new Trouble(0, at);
        }
    }

    static Member first(long number, Report report, long now) {
        Trouble none = new Trouble(0, now - RELIEF);
        return new Member(number, now, report, Loss.UNTOLD, Double.POSITIVE_INFINITY, none, false);
    }

    Member on(long newNumber, Report next, long now) {
        if (report.heard() < 0) { // what was sent before it heard anything is no loss
            return first(newNumber, next, now);
        }
        long sent = next.heard() - report.heard();
        long got = next.received() - report.received();
        boolean news = sent >= ENOUGH;
        Loss newLoss = news ? loss.counted(report.heard(), sent) : loss;
        double newFollowed = followed;
        if (news && now > at) {
            newLoss = newLoss.ofShare(Math.clamp(1 - (double) got / sent, 0, 1));
            newFollowed = (double) got * StreamCodec.MAX_PACKET * 1e9 / (now - at);
        }
        Member told = new Member(newNumber, now, next, newLoss, newFollowed, trouble, aside);
        return told.with(news && told.isInTrouble() ? trouble.met(now) : trouble.relieved(now), aside);
    }

    private Member with(Trouble newTrouble, boolean isAside) {
        return new Member(number, at, report, loss, followed, newTrouble, isAside);
    }

    /** It loses more than it usually does, or cannot write as fast as it hears. */
    boolean isInTrouble() {
        return loss.isMoreThanUsual() || report.occupancy() > FULL;
    }

    /** Whether its loss was counted of packets that were all sent since {@code sequence}. */
    boolean hasTold(long sequence) {
        return loss.from() >= sequence;
    }

    /** What it will lose of what is sent now: of a pace that is over it says nothing but what it loses at any. */
    double expectedLoss(long sequence) {
        return hasTold(sequence) ? loss.share() : loss.usual();
    }

    /** Not in trouble yet, but faster would not do. */
    boolean isFilling() {
        return report.occupancy() > FILLING;
    }

    /** In trouble for longer than {@code time}, with short reliefs at most. */
    boolean isChronic(long time, long now) {
        return trouble.since() != 0 && now - trouble.since() > time;
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
        return with(trouble.over(), true);
    }

    /** The same, one of those again that the others wait for. */
    Member takenBack() {
        return with(trouble.over(), false);
    }
}
