package firstlight.lab.bench;

import firstlight.lab.bench.Aim.AtMost;
import firstlight.lab.bench.Aim.RatioAtLeast;
import firstlight.lab.bench.Aim.RatioAtMost;
import firstlight.server.OperatorError;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Proxy DHCP: DISCOVERs of UEFI clients by perfdhcp, beside dnsmasq as a proxy. Ours decides each of them by policy over
 * {@link KnownDevices}; dnsmasq answers all alike. perfdhcp speaks as a relay: the answers go to it, not to a broadcast.
 */
final class DhcpBench {
    private static final int DHCP = 67;
    /** What ours has of its own; it hears the DHCP port without having it. */
    static final int OURS = 4011;
    /** More than either side can answer here: what is answered is what it can. */
    private static final int FLOOD = 30_000;
    /** A school of 1,000 PCs switched on within one second. */
    private static final int CALM = 1_000;

    private static final int WARMING = 4;

    private static final Pattern TIMES = Pattern.compile("sent / received: (\\d+\\.\\d+) / (\\d+\\.\\d+)");

    private final Ground ground;
    private final Extent extent;
    private final Path perfdhcp;

    DhcpBench(Ground ground, Extent extent) {
        this.ground = ground;
        this.extent = extent;
        this.perfdhcp = new Peers().program("perfdhcp", "kea-admin");
    }

    /** @param p99 milliseconds from DISCOVER to OFFER for all but one of a hundred */
    private record Sample(int offers, double offersPerSecond, double p99, double cpuSeconds) {}

    void run() {
        System.out.println("ours: " + Ours.version());
        Host here = ground.host();
        besideDnsmasq(
                "dhcp",
                Subject.start(
                        ground,
                        here,
                        "ours",
                        "udp",
                        OURS,
                        Jvm.command(
                                BenchServer.class,
                                "dhcp",
                                here.address(),
                                ground.folder().toString())));
    }

    /** @param name what the figures' names begin with */
    void besideDnsmasq(String name, Subject ours) {
        Path dnsmasqProgram = new Peers().program("dnsmasq", "dnsmasq-base");
        System.out.println("dnsmasq: " + Peers.version(dnsmasqProgram, "--version"));
        System.out.println("client: perfdhcp " + Peers.version(perfdhcp, "-v"));
        Host there = ground.host();
        Subject dnsmasq = Subject.start(
                ground,
                there,
                "dnsmasq",
                "udp",
                DHCP,
                List.of(
                        dnsmasqProgram.toString(),
                        "--keep-in-foreground",
                        "--conf-file=/dev/null",
                        "--port=0",
                        "--dhcp-range=" + there.address() + ",proxy",
                        "--pxe-service=x86-64_EFI,boot,ipxe.efi",
                        "--leasefile-ro",
                        "--user=root"));

        Figure rate = new Figure(name + ".flood.rate", "offers/s", new RatioAtLeast(1));
        Figure cpu = new Figure(name + ".flood.cpu", "us/offer", new RatioAtMost(1));
        Figure p99 = new Figure(name + ".calm.p99", "ms", new AtMost(5, "ms"));
        for (Subject server :
                List.of(ours, dnsmasq)) { // neither is measured cold: a JVM compiles for some 50,000 packets
            for (int i = 0; i < WARMING; i++) {
                ask(server, CALM, 2);
                ask(server, FLOOD, 3);
            }
        }
        int seconds = (int) extent.of(2, 3);
        for (int run = 1; run <= extent.runs(); run++) {
            for (Subject server : run % 2 == 1 ? List.of(ours, dnsmasq) : List.of(dnsmasq, ours)) {
                Sample flood = ask(server, FLOOD, seconds);
                rate.of(server.equals(ours)).add(flood.offersPerSecond());
                cpu.of(server.equals(ours)).add(flood.cpuSeconds() * 1e6 / flood.offers());
                p99.of(server.equals(ours)).add(ask(server, CALM, seconds).p99());
            }
        }
        rate.print(dnsmasq.name());
        cpu.print(dnsmasq.name());
        p99.print(dnsmasq.name());
    }

    private Sample ask(Subject server, int perSecond, int seconds) {
        double cpuBefore = server.cpuSeconds();
        // A status of 3 only says that some were not answered.
        String output = Programs.attempt(Host.inside(
                        ground.clients(),
                        List.of(
                                perfdhcp.toString(),
                                "-4",
                                "-l",
                                server.host().client(),
                                "-i",
                                "-r",
                                String.valueOf(perSecond),
                                "-R",
                                String.valueOf(KnownDevices.COUNT),
                                "-b",
                                "mac=" + KnownDevices.FIRST_MAC,
                                "-p",
                                String.valueOf(seconds),
                                "-W",
                                "500000",
                                "-x",
                                "t",
                                "-o",
                                "60,505845436c69656e743a417263683a30303030373a554e44493a303033303030",
                                "-o",
                                "93,0007",
                                "-o",
                                "94,01030a",
                                server.host().address())))
                .output();
        server.settle();
        return sample(output, server.cpuSeconds() - cpuBefore);
    }

    /** perfdhcp's own rate counts the time that it waits for stragglers; its time stamps tell the truth. */
    private static Sample sample(String output, double cpuSeconds) {
        List<Double> delays = new ArrayList<>();
        double first = Double.MAX_VALUE;
        double last = 0;
        for (MatchResult line : TIMES.matcher(output).results().toList()) {
            double sent = Double.parseDouble(line.group(1));
            double received = Double.parseDouble(line.group(2));
            first = Math.min(first, sent);
            last = Math.max(last, received);
            delays.add((received - sent) * 1e3);
        }
        if (delays.isEmpty()) {
            throw new OperatorError(
                    "perfdhcp got no offer",
                    output.strip().lines().limit(3).toList().toString());
        }
        Collections.sort(delays);
        return new Sample(
                delays.size(), delays.size() / (last - first), delays.get(delays.size() * 99 / 100), cpuSeconds);
    }
}
