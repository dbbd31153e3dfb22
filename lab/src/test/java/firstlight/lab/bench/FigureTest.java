package firstlight.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.lab.bench.Aim.AtMost;
import firstlight.lab.bench.Aim.RatioAtLeast;
import firstlight.lab.bench.Aim.RatioAtMost;
import org.junit.jupiter.api.Test;

class FigureTest {
    private static Series series(double... samples) {
        Series series = new Series();
        for (double sample : samples) {
            series.add(sample);
        }
        return series;
    }

    @Test
    void aSeriesShowsItsMedianAndItsSpread() {
        assertThat(series(288, 226, 283).text("MB/s")).isEqualTo("283MB/s[226..288]");
        assertThat(series(1, 4, 2, 3).median()).isEqualTo(2.5);
    }

    @Test
    void aRatioComparesEachRunWithTheOtherSidesNeighbouringRun() {
        // The machine was three times as slow during the second run, for both: the ratio is 2 all the same.
        assertThat(series(200, 66, 202).ratioTo(series(100, 33, 101))).isEqualTo(2);
    }

    @Test
    void aFigureIsOkOrShortByItsAim() {
        Series ours = series(10);
        Series peer = series(4);
        assertThat(new Figure("a.rate", "MB/s", new RatioAtLeast(3), ours, peer).line("atftpd"))
                .isEqualTo(
                        "a.rate ours=10.0MB/s[10.0..10.0] peer=atftpd:4.00MB/s[4.00..4.00] ratio=2.50 aim=>=3.0x short");
        assertThat(new Figure("a.cpu", "s/GB", new RatioAtMost(2.5), ours, peer).line("x"))
                .endsWith("aim=<=2.5x ok");
        assertThat(new Figure("a.p99", "ms", new AtMost(5, "ms"), ours, peer).line("x"))
                .endsWith("aim=<=5.00ms short");
    }

    @Test
    void withoutAPeersCountThereIsNoRatio() {
        Figure failures = new Figure("a.failures", "", new AtMost(0, ""), series(0, 0), series(0, 0));
        assertThat(failures.line("x")).contains("ratio=- ").endsWith("ok");
    }

    @Test
    void wishesAndResultsSurviveTheLineBetweenTheProcesses() {
        TftpLoad.Wish wish = new TftpLoad.Wish("10.77.1.1", "large", 1428, 16, 200, new Link(1_000_000, 0.001, 7));
        assertThat(TftpLoad.Wish.of(wish.line())).isEqualTo(wish);
        TftpLoad.Result result = new TftpLoad.Result(1L << 40, 5_000_000_000L, 3, 1);
        assertThat(TftpLoad.Result.of(result.line())).isEqualTo(result);
    }
}
