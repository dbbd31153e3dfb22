package firstlight.lab.bench;

import java.io.IOException;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code firstlight bench ...}: prints one line a figure and never fails for a figure that is short. */
@Command(
        name = "bench",
        description =
                "Measures Firstlight's servers side by side with their peers, as ratios; docs/benchmarks.md explains.",
        footerHeading = "%nFor example:%n",
        footer = {
            "  firstlight bench tftp --quick",
            "  firstlight bench http --quick",
            "  firstlight bench dhcp",
            "  firstlight bench boot --only serve",
            "  firstlight bench multicast --quick",
            "  firstlight bench transactions --quick",
            "  firstlight bench capture --quick",
            "  firstlight bench restore",
            "  firstlight bench delta --quick",
            "  firstlight bench store --quick"
        })
final class BenchCommand implements Runnable {
    private static final String QUICK = "Fewer bytes and 3 runs instead of 5.";

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        if (spec != null) {
            spec.commandLine().usage(spec.commandLine().getOut());
        }
    }

    @Command(name = "tftp", description = "TFTP beside atftpd and dnsmasq.")
    int tftp(@Option(names = "--quick", description = QUICK) boolean quick) {
        try (Ground ground = Ground.prepare()) {
            new TftpBench(ground, Extent.of(quick)).run();
        }
        return 0;
    }

    @Command(name = "http", description = "HTTP boot files beside nginx.")
    int http(@Option(names = "--quick", description = QUICK) boolean quick) {
        try (Ground ground = Ground.prepare()) {
            new HttpBench(ground, Extent.of(quick)).run();
        }
        return 0;
    }

    @Command(name = "dhcp", description = "Proxy DHCP with 10,000 known devices beside dnsmasq as a proxy.")
    int dhcp(@Option(names = "--quick", description = QUICK) boolean quick) {
        try (Ground ground = Ground.prepare()) {
            new DhcpBench(ground, Extent.of(quick)).run();
        }
        return 0;
    }

    @Command(name = "boot", description = "The server's start, and virtual PCs' boots with and without work.")
    int boot(
            @Option(names = "--quick", description = "One run each instead of three or five.") boolean quick,
            @Option(
                            names = "--only",
                            split = ",",
                            paramLabel = "PART",
                            description = "Only these parts, for example --only serve: ${COMPLETION-CANDIDATES}.")
                    @Nullable
                    Set<BootBench.Part> only) {
        try (Ground ground = Ground.prepare()) {
            new BootBench(ground, Extent.of(quick)).run(only == null ? EnumSet.allOf(BootBench.Part.class) : only);
        }
        return 0;
    }

    @Command(name = "multicast", description = "One stream to four receivers beside udpcast, with and without loss.")
    int multicast(@Option(names = "--quick", description = QUICK) boolean quick) {
        try (Ground ground = Ground.prepare()) {
            new MulticastBench(ground, Extent.of(quick)).run();
        }
        return 0;
    }

    @Command(
            name = "transactions",
            description = "Decisions for 10,000 devices in 100 groups with 200 rules: alone, by HTTP, in a boot storm.")
    int transactions(@Option(names = "--quick", description = QUICK) boolean quick) {
        try (Ground ground = Ground.prepare()) {
            new TransactionBench(ground, Extent.of(quick)).run();
        }
        return 0;
    }

    @Command(name = "capture", description = "An image of a disk 60 %% full, beside partclone piped to zstd.")
    int capture(@Option(names = "--quick", description = QUICK) boolean quick) throws IOException {
        return images(quick, ImageBench::capture);
    }

    @Command(name = "restore", description = "A restore onto a blank disk, verified, beside zstd piped to partclone.")
    int restore(@Option(names = "--quick", description = QUICK) boolean quick) throws IOException {
        return images(quick, ImageBench::restore);
    }

    @Command(name = "delta", description = "A restore onto a disk that holds the version before, 5 %% changed.")
    int delta(@Option(names = "--quick", description = QUICK) boolean quick) throws IOException {
        return images(quick, ImageBench::delta);
    }

    @Command(name = "store", description = "What the second image of the same system takes, 5 %% changed.")
    int store(@Option(names = "--quick", description = QUICK) boolean quick) throws IOException {
        return images(quick, ImageBench::store);
    }

    @FunctionalInterface
    private interface Measured {
        void run(ImageBench bench) throws IOException;
    }

    private static int images(boolean quick, Measured what) throws IOException {
        try (Ground ground = Ground.prepare()) {
            what.run(new ImageBench(ground, Extent.of(quick)));
        }
        return 0;
    }
}
