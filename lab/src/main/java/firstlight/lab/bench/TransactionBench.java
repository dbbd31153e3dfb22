package firstlight.lab.bench;

import firstlight.database.Database;
import firstlight.lab.bench.Aim.AtMost;
import firstlight.lab.bench.Aim.Open;
import firstlight.server.operator.OperatorError;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/** Decisions over {@link RuledDevices}: alone, behind {@code /preboot}, in a boot storm, and behind proxy DHCP beside dnsmasq. */
final class TransactionBench {
    /** They ask without a pause: many more than there are processors, so that the server never waits for one. */
    private static final int CONNECTIONS = 64;

    private static final int STORM_SECONDS = 60;
    private static final String LOG = "clients.log";

    private final Ground ground;
    private final Extent extent;

    TransactionBench(Ground ground, Extent extent) {
        this.ground = ground;
        this.extent = extent;
    }

    void run() {
        System.out.println("ours: " + Ours.version());
        DhcpBench dhcp = new DhcpBench(ground, extent); // finds its programs before anything is measured
        try (Database database = Database.open(ground.folder().resolve("database"), Instant.now())) {
            RuledDevices.fill(database, Instant.now());
            System.out.println("devices: " + database.devices().all().size() + " in "
                    + database.policy().book().groups().all().size() + " groups, "
                    + database.policy().book().rules().size() + " rules");
            new DecisionBench(database, extent).run();
        }
        Host here = ground.host();
        // The database is there already: what is started is a server that was started again.
        Subject ours = Subject.start(
                ground,
                here,
                "ours",
                "udp",
                DhcpBench.OURS,
                Apart.server(Jvm.command(
                        BenchServer.class,
                        "transactions",
                        here.address(),
                        ground.folder().toString())));
        Process clients = ground.start(ground.clients(), LOG, Redirect.PIPE, Jvm.command(TransactionLoad.class));
        try (BufferedReader answers =
                new BufferedReader(new InputStreamReader(clients.getInputStream(), StandardCharsets.US_ASCII))) {
            questions(clients, answers, ours);
            storm(clients, answers, ours);
        } catch (IOException e) {
            throw new OperatorError("the clients ended", String.valueOf(e.getMessage()), e);
        }
        dhcp.besideDnsmasq("transactions", ours);
    }

    /** Two rounds over all devices do not count: the JVM compiles, and each device's first transaction is opened. */
    private void questions(Process clients, BufferedReader answers, Subject ours) throws IOException {
        Figure rate = new Figure("transactions.preboot.rate", "/s", new Open());
        Figure p50 = new Figure("transactions.preboot.p50", "ms", new Open());
        Figure p99 = new Figure("transactions.preboot.p99", "ms", new Open());
        Figure failures = new Figure("transactions.preboot.failures", "", new AtMost(0, ""));
        String wish = "questions " + ours.host().address() + " " + KnownDevices.COUNT + " " + CONNECTIONS;
        double cpuBefore = 0;
        for (int run = -2; run < extent.runs(); run++) {
            double[] told = wish(clients, answers, wish);
            if (run < 0) {
                cpuBefore = ours.cpuSeconds();
                continue;
            }
            List<Figure> figures = List.of(rate, p50, p99, failures);
            for (int i = 0; i < figures.size(); i++) {
                figures.get(i).ours().add(told[i]);
            }
        }
        ours.settle();
        Figure cpu = new Figure("transactions.preboot.cpu", "us/answer", new Open());
        cpu.ours().add((ours.cpuSeconds() - cpuBefore) * 1e6 / extent.runs() / KnownDevices.COUNT);
        List.of(rate, p50, p99, failures, cpu).forEach(Figure::print);
    }

    private void storm(Process clients, BufferedReader answers, Subject ours) throws IOException {
        List<Figure> figures = List.of(
                new Figure("transactions.storm.offer-p50", "ms", new Open()),
                new Figure("transactions.storm.offer-p99", "ms", new AtMost(20, "ms")),
                new Figure("transactions.storm.preboot-p50", "ms", new Open()),
                new Figure("transactions.storm.preboot-p99", "ms", new AtMost(20, "ms")),
                new Figure("transactions.storm.failures", "", new AtMost(0, "")));
        // A fifth of the devices first, which does not count: the packets' way is cold.
        wish(clients, answers, storm(ours, KnownDevices.COUNT / 5, 5, 0));
        int storms = (int) extent.of(1, 3);
        for (int run = 1; run <= storms; run++) {
            ours.settle();
            double[] told = wish(clients, answers, storm(ours, KnownDevices.COUNT, STORM_SECONDS, run));
            for (int i = 0; i < figures.size(); i++) {
                figures.get(i).ours().add(told[i]);
            }
        }
        figures.forEach(Figure::print);
    }

    private static String storm(Subject ours, int devices, int seconds, int seed) {
        return "storm " + ours.host().address() + " " + devices + " "
                + ours.host().client() + " " + seconds + " " + seed;
    }

    /** One line to {@link TransactionLoad}, one line of figures back. */
    private double[] wish(Process clients, BufferedReader answers, String wish) throws IOException {
        clients.getOutputStream().write((wish + "\n").getBytes(StandardCharsets.US_ASCII));
        clients.getOutputStream().flush();
        String answer = answers.readLine();
        if (answer == null) {
            throw new OperatorError(
                    "the clients ended", Files.readString(ground.folder().resolve(LOG)));
        }
        return Arrays.stream(answer.split(" ", -1))
                .mapToDouble(Double::parseDouble)
                .toArray();
    }
}
