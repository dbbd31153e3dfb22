package firstlight.lab.bench;

import java.util.Locale;

/**
 * One line of a benchmark's result.
 *
 * @param name with the benchmark's before it, as docs/benchmarks.md lists them: {@code tftp.one-w16.rate}
 * @param unit behind the numbers, without a blank; empty for counts and shares
 * @param peer empty where nothing was measured beside ours
 */
record Figure(String name, String unit, Aim aim, Series ours, Series peer) {
    Figure(String name, String unit, Aim aim) {
        this(name, unit, aim, new Series(), new Series());
    }

    Series of(boolean ourSide) {
        return ourSide ? ours : peer;
    }

    /** Prints the line; one that is short of its aim fails nothing. */
    void print(String peerName) {
        System.out.println(line(peerName));
    }

    /** Without a peer. */
    void print() {
        System.out.println(line("-"));
    }

    String line(String peerName) {
        double ratio = ours.ratioTo(peer);
        return String.format(
                Locale.ROOT,
                "%s ours=%s peer=%s ratio=%s aim=%s %s",
                name,
                ours.text(unit),
                peer.isEmpty() ? peerName : peerName + ":" + peer.text(unit),
                Double.isFinite(ratio) ? Series.number(ratio) : "-",
                aim.text(),
                aim.isReached(ours.median(), ratio) ? "ok" : "short");
    }
}
