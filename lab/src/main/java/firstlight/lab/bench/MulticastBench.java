package firstlight.lab.bench;

import firstlight.lab.Programs;
import firstlight.lab.bench.Aim.AtLeast;
import firstlight.lab.bench.Aim.AtMost;
import firstlight.lab.bench.Aim.Open;
import firstlight.lab.bench.Aim.RatioAtLeast;
import firstlight.model.Bytes;
import firstlight.wire.multicast.Block;
import firstlight.wire.multicast.StreamSeal;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/** One stream to four receivers on one bridge, with and without loss at each of them; beside udpcast. */
final class MulticastBench {
    /** The aim is for four: what all of them take is one sender's CPU here, see docs/benchmarks.md. */
    private static final int RECEIVERS = 4;

    /** In thousandths. */
    private static final int LOSS = 10;

    private final Ground ground;
    private final Extent extent;

    MulticastBench(Ground ground, Extent extent) {
        this.ground = ground;
        this.extent = extent;
    }

    /**
     * What one run showed.
     *
     * @param seconds until the last receiver had all
     * @param sender CPU seconds of the sender
     * @param receiver CPU seconds of one of the receivers
     * @param sent packets as a share of those that a network without loss needs; NaN when not known
     */
    record Sample(double seconds, double sender, double receiver, double sent) {}

    void run() {
        long octets = extent.of(256L << 20, 2L << 30);
        Path file = ground.file("image", octets);
        List<Host> lan = ground.lan(RECEIVERS);
        UdpcastRoom udpcast = new UdpcastRoom(ground, lan, file);
        Path nft = new Peers().program("nft", "nftables");
        System.out.println("ours: " + Ours.version());
        lan.subList(1, lan.size()).forEach(host -> lose(nft, host, 0));
        udpcast.run();
        System.out.println("udpcast: " + udpcast.version());
        StreamRoom ours = new StreamRoom(ground, lan, file);
        sealing();

        Figures clean = new Figures("multicast");
        Figures lossy = new Figures("multicast.loss");
        Figure share = new Figure("multicast.loss.share", "", new AtLeast(0.85));
        ours.run(octets); // a JVM compiles while it is cold
        for (int run = 1; run <= extent.runs(); run++) {
            double without = inTurn(run, ours, udpcast, clean, octets);
            lan.subList(1, lan.size()).forEach(host -> lose(nft, host, LOSS));
            share.ours().add(without / inTurn(run, ours, udpcast, lossy, octets));
            lan.subList(1, lan.size()).forEach(host -> lose(nft, host, 0));
        }
        clean.print();
        lossy.print();
        share.print();
        Figure failures = new Figure("multicast.failures", "", new AtMost(0, ""));
        failures.ours().add(0); // one of ours would have ended the benchmark
        failures.peer().add(udpcast.failures());
        failures.print(UdpcastRoom.NAME);
    }

    /** Both sides once, each as often first as second; answers our seconds. */
    private static double inTurn(int run, StreamRoom ours, UdpcastRoom udpcast, Figures figures, long octets) {
        if (run % 2 == 0) {
            figures.take(udpcast.run(), false, octets / 1e9);
        }
        Sample sample = ours.run(octets);
        figures.take(sample, true, octets / 1e9);
        if (run % 2 == 1) {
            figures.take(udpcast.run(), false, octets / 1e9);
        }
        return sample.seconds();
    }

    /** How many packets one frame of ours makes. */
    static int symbols() {
        return Block.symbols(StreamEnd.FRAME + StreamSeal.TAG);
    }

    private static final class Figures {
        private final Figure rate;
        private final Figure sender;
        private final Figure receiver;
        private final Figure sent;

        Figures(String name) {
            rate = new Figure(name + ".rate", "MB/s", new RatioAtLeast(2));
            sender = new Figure(name + ".sender-cpu", "s/GB", new Open());
            receiver = new Figure(name + ".receiver-cpu", "s/GB", new Open());
            sent = new Figure(name + ".sent", "x", new Open());
        }

        void take(Sample sample, boolean onOurs, double gigabytes) {
            rate.of(onOurs).add(gigabytes * 1e3 / sample.seconds());
            sender.of(onOurs).add(sample.sender() / gigabytes);
            receiver.of(onOurs).add(sample.receiver() / gigabytes);
            if (onOurs) {
                sent.ours().add(sample.sent());
            }
        }

        void print() {
            List.of(rate, sender, receiver, sent).forEach(figure -> figure.print(UdpcastRoom.NAME));
        }
    }

    /** Of the packets that come to {@code host} some are lost by chance, whoever sent them; with 0 the dice is cast as well. */
    private static void lose(Path nft, Host host, int thousandths) {
        String rules = "table inet loss { chain in { type filter hook input priority 0; "
                + "meta l4proto udp numgen random mod 1000 < " + thousandths + " drop; }; }";
        Programs.run(Host.inside(host.namespace(), List.of(nft.toString(), "flush ruleset; " + rules)));
    }

    /** What the seal costs, alone and on one thread. */
    private void sealing() {
        Random random = new Random(1);
        byte[] secret = new byte[StreamSeal.SECRET];
        byte[] frame = new byte[StreamEnd.FRAME];
        random.nextBytes(secret);
        random.nextBytes(frame);
        StreamSeal seal = new StreamSeal(Bytes.of(secret));
        byte[] sealed = seal.sealBlock(1, frame);
        Figure sealing = new Figure("multicast.seal-cpu", "s/GB", new Open());
        Figure opening = new Figure("multicast.open-cpu", "s/GB", new Open());
        for (int run = 0; run <= extent.runs(); run++) {
            double seals = perGigabyte(() -> seal.sealBlock(1, frame).length > 0);
            double opens =
                    perGigabyte(() -> seal.openBlock(1, sealed, sealed.length).isPresent());
            if (run > 0) { // the first one is the compiler's
                sealing.ours().add(seals);
                opening.ours().add(opens);
            }
        }
        sealing.print();
        opening.print();
    }

    @FunctionalInterface
    private interface Work {
        boolean isDone();
    }

    private static double perGigabyte(Work work) {
        int times = (int) (1_000_000_000L / StreamEnd.FRAME);
        long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        for (int i = 0; i < times; i++) {
            if (!work.isDone()) {
                throw new IllegalStateException("a seal that was made here does not open");
            }
        }
        return (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before) / 1e9;
    }
}
