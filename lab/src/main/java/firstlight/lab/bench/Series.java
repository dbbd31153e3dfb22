package firstlight.lab.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The samples of one figure on one side, in the order of the runs. */
final class Series {
    private final List<Double> samples = new ArrayList<>();

    void add(double sample) {
        samples.add(sample);
    }

    boolean isEmpty() {
        return samples.isEmpty();
    }

    double median() {
        return median(samples);
    }

    /**
     * The median of the ratios of each run to the other side's neighbouring run: a load that comes and goes hits both. NaN when
     * either has no sample.
     */
    double ratioTo(Series other) {
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < Math.min(samples.size(), other.samples.size()); i++) {
            ratios.add(samples.get(i) / other.samples.get(i));
        }
        return median(ratios);
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int half = sorted.size() / 2;
        if (sorted.isEmpty()) {
            return Double.NaN;
        }
        return sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
    }

    /** The median with its spread: {@code 283MB/s[226..288]}. */
    String text(String unit) {
        return number(median()) + unit + "["
                + number(samples.stream().mapToDouble(Double::doubleValue).min().orElse(Double.NaN)) + ".."
                + number(samples.stream().mapToDouble(Double::doubleValue).max().orElse(Double.NaN)) + "]";
    }

    /** Three digits that count. */
    static String number(double value) {
        double size = Math.abs(value);
        int places = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
        return String.format(Locale.ROOT, "%." + places + "f", value);
    }
}
