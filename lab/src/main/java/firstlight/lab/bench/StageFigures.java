package firstlight.lab.bench;

import firstlight.lab.bench.Aim.Open;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Where our threads' time goes, in seconds a gigabyte in use: summed over the threads, waiting included. */
final class StageFigures {
    private final String bench;
    private final List<Figure> figures;

    StageFigures(String bench, String... stages) {
        this.bench = bench;
        this.figures = Stream.of(stages)
                .map(stage -> new Figure(bench + ".stage-" + stage, "s/GB", new Open()))
                .toList();
    }

    /** @param spent one for each stage, in the order in which they were named */
    void add(double gigabytes, Duration... spent) {
        for (int i = 0; i < spent.length; i++) {
            figures.get(i).of(true).add(spent[i].toNanos() / 1e9 / gigabytes);
        }
    }

    void print() {
        figures.forEach(Figure::print);
        figures.stream()
                .max(Comparator.comparingDouble(figure -> figure.ours().median()))
                .ifPresent(slowest -> System.out.println(bench + " spends most of its threads' time in "
                        + slowest.name().replace(bench + ".stage-", "")));
    }
}
