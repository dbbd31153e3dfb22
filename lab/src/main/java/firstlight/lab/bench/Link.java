package firstlight.lab.bench;

/**
 * How bad the way from server to client is. The client applies it to what it receives (a delay line and a dice), which the
 * server cannot tell from a slow and lossy link; netem is missing on many machines.
 *
 * @param delayNanos each packet comes this much later
 * @param loss the share of packets that never come
 * @param seed both sides lose by the same dice
 */
record Link(long delayNanos, double loss, long seed) {
    static final Link CLEAN = new Link(0, 0, 0);

    boolean isClean() {
        return delayNanos == 0 && loss == 0;
    }
}
