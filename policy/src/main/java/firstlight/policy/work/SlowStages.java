package firstlight.policy.work;

import firstlight.model.StageTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** Whether a stage of a work was far slower than on other PCs of the same model, and what to look at. */
public final class SlowStages {
    /** Of fewer other works nothing is to be learnt. */
    public static final int ENOUGH = 5;

    /** Half of what the others do: noise of a busy network stays above it, a link of a tenth does not. */
    private static final double FAR = 0.5;
    /** What took less of the work's time than a tenth does not hold it up. */
    private static final double SHARE = 0.1;
    /** A few octets measure how long a question takes, not how fast octets go. */
    private static final long WORTH_MEASURING = 64L << 20;

    private SlowStages() {}

    /**
     * @param rate octets a second
     * @param median what other PCs of the model reach
     */
    public record Slow(String stage, double rate, double median, String cure) {
        /** {@code writing at 12 MB/s, a sixteenth...}: which, by how much, and what to look at. */
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%s is slow: %s MB/s, other PCs of this model do %s (%.0f times as much); %s",
                    stage,
                    StageTime.megabytes(rate),
                    StageTime.megabytes(median),
                    median / Math.max(rate, 1),
                    cure);
        }
    }

    /** Whether {@code stage} is one to remember and to compare. */
    public static boolean isMeasured(StageTime stage) {
        return stage.octets() >= WORTH_MEASURING && stage.millis() > 0;
    }

    /**
     * @param others by stage, octets a second of the last works of the same kind on other PCs of the model
     * @param link of this PC, when it is known
     */
    public static List<Slow> of(List<StageTime> stages, Map<String, List<Double>> others, Optional<LinkRate> link) {
        double all = sum(stages, StageTime::millis);
        List<Slow> slow = new ArrayList<>();
        for (StageTime stage : stages) {
            List<Double> rates = others.getOrDefault(stage.stage(), List.of());
            if (isMeasured(stage) && rates.size() >= ENOUGH && stage.millis() >= all * SHARE) {
                double median = rates.stream().sorted().toList().get(rates.size() / 2);
                if (stage.rate() < median * FAR) {
                    slow.add(new Slow(stage.stage(), stage.rate(), median, cure(stage.stage(), stage.rate(), link)));
                }
            }
        }
        return slow;
    }

    private static double sum(List<StageTime> stages, ToDoubleFunction<StageTime> value) {
        return stages.stream().mapToDouble(value).sum();
    }

    private static String cure(String stage, double rate, Optional<LinkRate> link) {
        return switch (stage) {
            case "read", "write", "verify" ->
                "look at the disk's health (smartctl -a), its cable, and the mode of its controller (AHCI, not IDE)";
            case "send", "fetch" -> link.map(known -> network(known, rate)).orElseGet(() -> network(rate));
            default -> // hash, compress, unpack
                "the processor is slow: look at its fan, its power settings in the firmware, and its memory modules";
        };
    }

    private static String network(LinkRate link, double rate) {
        boolean full = rate * 8 > link.megabits() * 1e6 / 2;
        return "its own link is at " + link
                + (full
                        ? " and full: look at the cable and the switch's port"
                        : ": look at the way to the server, and what else the server and its link do");
    }

    private static String network(double rate) {
        // 100 Mbit/s carry 12.5 MB/s at most, 10 Mbit/s 1.25
        return rate < 12.6e6
                ? "the link may be at 100 Mbit/s or less: look at the cable and the switch's port (ethtool)"
                : "look at the cable, the switch's port, and what else the server and its link do";
    }
}
