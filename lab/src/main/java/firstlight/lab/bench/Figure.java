package firstlight.lab.bench;

/** One line of a benchmark's result. */
record Figure(String name, String unit, Aim aim, Series ours, Series peer) {
    Figure(String name, String unit, Aim aim) {
        this(name, unit, aim, new Series(), new Series());
    }

    void print(String peerName) {
        double ratio = ours.ratioTo(peer);
        System.out.printf(
                "%s ours=%s peer=%s:%s ratio=%s aim=%s %s%n",
                name,
                ours.text(unit),
                peerName,
                peer.text(unit),
                Double.isFinite(ratio) ? Series.number(ratio) : "-",
                aim.text(),
                aim.isReached(ours.median(), ratio) ? "ok" : "short");
    }
}
