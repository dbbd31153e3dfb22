package firstlight.lab.bench;

/** How much is measured. */
enum Extent {
    QUICK(3),
    FULL(5);

    private final int runs;

    Extent(int runs) {
        this.runs = runs;
    }

    static Extent of(boolean quick) {
        return quick ? QUICK : FULL;
    }

    /** How often each side is measured, in turns. */
    int runs() {
        return runs;
    }

    long of(long quick, long full) {
        return this == QUICK ? quick : full;
    }
}
