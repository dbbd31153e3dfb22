package firstlight.lab.bench;

import java.util.Arrays;

/** How long each of many answers took. Threads write to places of their own. */
final class Delays {
    private final long[] nanos;

    /** For {@code count} answers, none of which has come yet. */
    Delays(int count) {
        nanos = new long[count];
    }

    void set(int index, long took) {
        nanos[index] = Math.max(1, took);
    }

    int answered() {
        return (int) Arrays.stream(nanos).filter(each -> each > 0).count();
    }

    /** Milliseconds within which {@code share} of the answers came; those that never came are in no share. */
    double within(double share) {
        long[] sorted = Arrays.stream(nanos).filter(each -> each > 0).sorted().toArray();
        if (sorted.length == 0) {
            return Double.NaN;
        }
        return sorted[(int) Math.min(sorted.length - 1, (long) (sorted.length * share))] / 1e6;
    }
}
