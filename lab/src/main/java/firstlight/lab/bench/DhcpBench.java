package firstlight.lab.bench;

import firstlight.lab.Programs;
import firstlight.lab.bench.Aim.AtMost;
import firstlight.lab.bench.Aim.RatioAtLeast;
import firstlight.lab.bench.Aim.RatioAtMost;
import firstlight.server.operator.OperatorError;
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

    /** Rounds of each side, of 2 and 3 s, that do not count. */
    private static final int WARMING = 8;

    private static final Pattern OFFERS = Pattern.compile("received packets: ([0-9]+)");

    private static final Pattern TIMES = Pattern.compile("sent / received: (\\d+\\.\\d+) / (\\d+\\.\\d+)");

    private final Ground ground;
    private final Extent extent;
    private final Path perfdhcp;

    DhcpBench(Ground ground, Extent extent) {
        this.ground = ground;
        this.extent = extent;
        this.perfdhcp = new Peers().program("perfdhcp", "kea-admin");
    }

    private record Flood(int offers, double cpuSeconds) {}

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
                        Apart.server(Jvm.command(
                                BenchServer.class,
                                "dhcp",
                                here.address(),
                                ground.folder().toString()))));
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
                Apart.server(List.of(
                        dnsmasqProgram.toString(),
                        "--keep-in-foreground",
                        "--conf-file=/dev/null",
                        "--port=0",
                        "--dhcp-range=" + there.address() + ",proxy",
                        "--pxe-service=x86-64_EFI,boot,ipxe.efi",
                        "--leasefile-ro",
                        "--user=root")));

        Figure rate = new Figure(name + ".flood.rate", "offers/s", new RatioAtLeast(1));
        Figure cpu = new Figure(name + ".flood.cpu", "us/offer", new RatioAtMost(1));
        Figure p99 = new Figure(name + ".calm.p99", "ms", new AtMost(5, "ms"));
        for (Subject server :
                List.of(ours, dnsmasq)) { // neither is measured cold: a JVM compiles for some 50,000 packets
            for (int i = 0; i < WARMING; i++) {
                p99(server, 2);
                flood(server, 3);
            }
        }
        int seconds = (int) extent.of(2, 3);
        for (int run = 1; run <= extent.runs(); run++) {
            for (Subject server : run % 2 == 1 ? List.of(ours, dnsmasq) : List.of(dnsmasq, ours)) {
                Flood flood = flood(server, seconds);
                rate.of(server.equals(ours)).add((double) flood.offers() / seconds);
                cpu.of(server.equals(ours)).add(flood.cpuSeconds() * 1e6 / flood.offers());
                p99.of(server.equals(ours)).add(p99(server, seconds));
            }
        }
        rate.print(dnsmasq.name());
        cpu.print(dnsmasq.name());
        p99.print(dnsmasq.name());
    }

    /** Without time stamps: perfdhcp keeps each packet for them, and is then the slower of the two. */
    private Flood flood(Subject server, int seconds) {
        double cpuBefore = server.cpuSeconds();
        String output = ask(server, FLOOD, seconds, List.of());
        server.settle();
        int offers = OFFERS.matcher(output)
                .results()
                .mapToInt(found -> Integer.parseInt(found.group(1)))
                .sum();
        if (offers == 0) {
            throw noOffer(output);
        }
        return new Flood(offers, server.cpuSeconds() - cpuBefore);
    }

    /** Milliseconds from DISCOVER to OFFER for all but one of a hundred. */
    private double p99(Subject server, int seconds) {
        String output = ask(server, CALM, seconds, List.of("-x", "t"));
        server.settle();
        List<Double> delays = new ArrayList<>();
        for (MatchResult line : TIMES.matcher(output).results().toList()) {
            delays.add((Double.parseDouble(line.group(2)) - Double.parseDouble(line.group(1))) * 1e3);
        }
        if (delays.isEmpty()) {
            throw noOffer(output);
        }
        Collections.sort(delays);
        return delays.get(delays.size() * 99 / 100);
    }

    private static OperatorError noOffer(String output) {
        return new OperatorError(
                "perfdhcp got no offer",
                output.strip().lines().limit(3).toList().toString());
    }

    /**
     * As firmware asks that is UEFI of 64 bits: option 60 is "PXEClient:Arch:00007:UNDI:003000", 94 UNDI 3.10. {@code -R} clients
     * from the MAC address {@code -b} on; {@code -W} microseconds for late answers.
     */
    private String ask(Subject server, int perSecond, int seconds, List<String> wishes) {
        List<String> command = new ArrayList<>(List.of(
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
                "-o",
                "60,505845436c69656e743a417263683a30303030373a554e44493a303033303030",
                "-o",
                "93,0007",
                "-o",
                "94,01030a"));
        command.addAll(wishes);
        command.add(server.host().address());
        // A status of 3 only says that some were not answered.
        return Programs.attempt(Host.inside(ground.clients(), Apart.client(command)))
                .output();
    }
}
