package firstlight.lab.bench;

import firstlight.lab.bench.Aim.AtMost;
import firstlight.lab.bench.Aim.Open;
import firstlight.lab.bench.Aim.RatioAtLeast;
import firstlight.lab.bench.Aim.RatioAtMost;
import firstlight.lab.bench.TftpLoad.Result;
import firstlight.lab.bench.TftpLoad.Wish;
import java.nio.file.Path;
import java.util.List;

/** TFTP: one client, a boot storm, a bad link; beside atftpd (windows) and dnsmasq (no windows). */
final class TftpBench {
    private static final int PORT = 69;
    private static final int STORM = 200;
    private static final long ONE_MILLISECOND = 1_000_000;
    private static final double ONE_IN_A_THOUSAND = 0.001;

    private final Ground ground;
    private final Extent extent;

    TftpBench(Ground ground, Extent extent) {
        this.ground = ground;
        this.extent = extent;
    }

    /**
     * One thing to measure.
     *
     * @param repeats files in a row that make one sample: the kernel counts CPU in steps of 10 ms
     * @param file one of those in the folder of files: large, middle or small
     * @param clients how many fetch it at once
     * @param badLink whether packets come {@link #ONE_MILLISECOND} later, and one in a thousand not at all
     */
    private record Load(String file, int blockSize, int windowSize, int clients, int repeats, boolean badLink) {
        Wish at(Subject server, int run) {
            Link link = badLink ? new Link(ONE_MILLISECOND, ONE_IN_A_THOUSAND, run) : Link.CLEAN;
            return new Wish(server.host().address(), file, blockSize, windowSize, clients, link);
        }
    }

    /**
     * What one sample showed.
     *
     * @param slowest seconds of the slowest of its files
     * @param megabytesPerSecond of all clients together, over all files of the sample
     * @param seconds of all its files one after the other
     * @param failures clients that did not get their file
     */
    private record Sample(
            double megabytesPerSecond, double seconds, double slowest, double cpuSecondsPerGigabyte, int failures) {}

    void run() {
        Peers peers = new Peers();
        Path atftpdProgram = peers.program("atftpd", "atftpd");
        Path dnsmasqProgram = peers.program("dnsmasq", "dnsmasq-base");
        System.out.println("ours: " + Ours.version());
        System.out.println("atftpd: " + Peers.version(atftpdProgram, "--version"));
        System.out.println("dnsmasq: " + Peers.version(dnsmasqProgram, "--version"));

        ground.file("large", extent.of(32L << 20, 64L << 20));
        ground.file("small", extent.of(1L << 20, 4L << 20));
        ground.file("middle", 4L << 20);
        String root = ground.folder().resolve("files").toString();
        Host here = ground.host();
        Subject ours = Subject.start(
                ground, here, "ours", "udp", PORT, Jvm.command(BenchServer.class, "tftp", here.address(), root));
        Subject atftpd = Subject.start(
                ground,
                ground.host(),
                "atftpd",
                "udp",
                PORT,
                List.of(
                        atftpdProgram.toString(),
                        "--daemon",
                        "--no-fork",
                        "--user",
                        "root",
                        "--group",
                        "root",
                        // More than the storm has clients, for this peer and the next: neither shall refuse any.
                        "--maxthread",
                        "500",
                        "--verbose=0",
                        root));
        Subject dnsmasq = Subject.start(
                ground,
                ground.host(),
                "dnsmasq",
                "udp",
                PORT,
                List.of(
                        dnsmasqProgram.toString(),
                        "--keep-in-foreground",
                        "--conf-file=/dev/null",
                        "--port=0",
                        "--enable-tftp",
                        "--tftp-root=" + root,
                        "--tftp-max=500",
                        "--user=root"));
        List.of(ours, atftpd, dnsmasq).forEach(server -> ground.addresses(server.host(), STORM));
        TftpClients clients = TftpClients.start(ground);

        int repeats = (int) extent.of(3, 4);
        oneClient(clients, ours, atftpd, "tftp.one-w16", new Load("large", 1428, 16, 1, repeats, false), 3);
        oneClient(clients, ours, atftpd, "tftp.one-w64", new Load("large", 1468, 64, 1, repeats, false), 3);
        oneClient(clients, ours, dnsmasq, "tftp.one-w1", new Load("large", 1428, 1, 1, 1, false), 1);
        storm(clients, ours, dnsmasq, "tftp.storm-w1", new Load("small", 1428, 1, STORM, 1, false), 1.5);
        storm(clients, ours, atftpd, "tftp.storm-w16", new Load("small", 1428, 16, STORM, 1, false), 3);
        badLink(clients, ours, atftpd);
    }

    private void oneClient(TftpClients clients, Subject ours, Subject peer, String name, Load load, double aim) {
        Figure rate = new Figure(name + ".rate", "MB/s", new RatioAtLeast(aim));
        // Windows spare most of the CPU; without them each block costs both sides its two packets.
        Figure cpu = new Figure(name + ".cpu", "s/GB", new RatioAtMost(aim > 1 ? 0.5 : 1));
        inTurns(clients, ours, peer, load, (sample, onOurs) -> {
            rate.of(onOurs).add(sample.megabytesPerSecond());
            cpu.of(onOurs).add(sample.cpuSecondsPerGigabyte());
        });
        rate.print(peer.name());
        cpu.print(peer.name());
    }

    private void storm(TftpClients clients, Subject ours, Subject peer, String name, Load load, double aim) {
        Figure rate = new Figure(name + ".rate", "MB/s", new RatioAtLeast(aim));
        Figure worst = new Figure(name + ".worst", "s", new RatioAtMost(0.5));
        Figure cpu = new Figure(name + ".cpu", "s/GB", new Open());
        Figure failures = new Figure(name + ".failures", "", new AtMost(0, ""));
        inTurns(clients, ours, peer, load, (sample, onOurs) -> {
            rate.of(onOurs).add(sample.megabytesPerSecond());
            worst.of(onOurs).add(sample.seconds());
            cpu.of(onOurs).add(sample.cpuSecondsPerGigabyte());
            failures.of(onOurs).add(sample.failures());
        });
        rate.print(peer.name());
        worst.print(peer.name());
        cpu.print(peer.name());
        failures.print(peer.name());
    }

    private void badLink(TftpClients clients, Subject ours, Subject peer) {
        Figure rate = new Figure("tftp.loss-w16.rate", "MB/s", new RatioAtLeast(5));
        Figure slowest = new Figure("tftp.loss-w16.slowest", "s", new AtMost(1, "s"));
        Load load = new Load("middle", 1428, 16, 1, (int) extent.of(5, 16), true);
        inTurns(clients, ours, peer, load, (sample, onOurs) -> {
            rate.of(onOurs).add(sample.megabytesPerSecond());
            slowest.of(onOurs).add(sample.slowest());
        });
        rate.print(peer.name());
        slowest.print(peer.name());
    }

    private interface Taker {
        void take(Sample sample, boolean onOurs);
    }

    /** One run each that does not count, then the sides in turns, each as often first as second. */
    private void inTurns(TftpClients clients, Subject ours, Subject peer, Load load, Taker taker) {
        sample(clients, ours, load, 0);
        sample(clients, peer, load, 0);
        for (int run = 1; run <= extent.runs(); run++) {
            boolean oursFirst = run % 2 == 1;
            taker.take(sample(clients, oursFirst ? ours : peer, load, run), oursFirst);
            taker.take(sample(clients, oursFirst ? peer : ours, load, run), !oursFirst);
        }
    }

    private static Sample sample(TftpClients clients, Subject server, Load load, int run) {
        double cpuBefore = server.cpuSeconds();
        long octets = 0;
        long nanos = 0;
        long slowest = 0;
        int failures = 0;
        for (int i = 0; i < load.repeats(); i++) {
            Result result = clients.fetch(load.at(server, run * load.repeats() + i));
            octets += result.octets();
            nanos += result.nanos();
            slowest = Math.max(slowest, result.nanos());
            failures += result.failures();
        }
        double cpu = server.cpuSeconds() - cpuBefore;
        return new Sample(octets / 1e6 / (nanos / 1e9), nanos / 1e9, slowest / 1e9, cpu / (octets / 1e9), failures);
    }
}
