package firstlight.lab;

import firstlight.lab.Step.Act;
import firstlight.lab.storm.StormPcs;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Scenarios with many PCs at once. Their PCs are simulated, for as many virtual ones fit on no machine of ours. */
final class StormScenarios {
    private static final int PCS = 300;
    /** For the PCs' process to end, once it says no more. */
    private static final int SECONDS = 120;

    private static final Pattern DONE = Pattern.compile("phase 8 result: done: (work \\d+) ");

    private StormScenarios() {}

    static List<Scenario> all() {
        return List.of(twoServers().onlyByName());
    }

    /** What one step leaves for the next. */
    private record Site(LabPostgres database, List<StormServer> servers) {}

    private static Scenario twoServers() {
        AtomicReference<Site> site = new AtomicReference<>();
        List<Step> steps = new ArrayList<>();
        steps.add(new Act(Phase.CHECK, "two servers run on one PostgreSQL", stage -> {
            LabPostgres database = LabPostgres.start(stage);
            String configuration = "menu: {shown: never}\n" + database.configuration();
            List<StormServer> servers = List.of(
                    StormServer.begin(stage, stage.lan().serverSide(), "server-1", configuration),
                    StormServer.begin(stage, stage.lan().dhcpSide(), "server-2", configuration));
            servers.forEach(StormServer::awaitReady);
            site.set(new Site(database, servers));
            return "";
        }));
        steps.add(new Act(
                Phase.EIGHT,
                PCS + " PCs are switched on, and one server is killed when half of them are done",
                stage -> storm(stage, site.get())));
        steps.add(new Act(
                Phase.CHECK,
                "no work was done twice",
                stage -> doneOnce(site.get().servers())));
        return new Scenario(
                "two-servers-storm",
                PCS
                        + " simulated PCs boot at once; of two servers on one PostgreSQL one is killed; each PC's work is done"
                        + " once",
                Lan.Topology.SEPARATE,
                steps);
    }

    private static String storm(Stage stage, Site site) {
        // Without a default route Linux does not know where a broadcast to everybody is to go.
        Shell.run("ip", "-n", stage.lan().wire(), "route", "add", "255.255.255.255", "dev", Lan.BRIDGE);
        Path log = stage.logs().resolve("pcs.log");
        try {
            Process pcs = stage.state()
                    .started(new ProcessBuilder(Shell.inside(
                                    stage.lan().wire(),
                                    List.of(
                                            Path.of(System.getProperty("java.home"), "bin", "java")
                                                    .toString(),
                                            "-XX:+UseSerialGC",
                                            "-XX:TieredStopAtLevel=1",
                                            "-Dlogback.configurationFile=firstlight/lab/bench/logback.xml",
                                            "-cp",
                                            System.getProperty("java.class.path"),
                                            StormPcs.class.getName(),
                                            LabPostgres.URL,
                                            LabPostgres.USER,
                                            site.database().password().toString(),
                                            Integer.toString(PCS))))
                            .redirectError(log.toFile())
                            .start());
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(pcs.getInputStream(), StandardCharsets.UTF_8))) {
                String last = follow(stage, site, lines);
                if (!pcs.waitFor(SECONDS, TimeUnit.SECONDS) || pcs.exitValue() != 0) {
                    throw new LabFailure(last + " (see " + log + ")");
                }
                return last;
            }
        } catch (IOException failure) {
            throw new LabFailure("the PCs: " + failure.getMessage(), failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new LabFailure("interrupted", interrupted);
        }
    }

    /** Until the PCs end, which they do in bounded time; their last line is what came of them. */
    private static String follow(Stage stage, Site site, BufferedReader lines) throws IOException {
        String last = "the PCs said nothing";
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            last = line;
            if (line.equals(StormPcs.HALF)) {
                site.servers().getFirst().kill();
                stage.journal().note("server-1 is killed");
            } else {
                stage.journal().note(line);
            }
        }
        return last;
    }

    /** A server takes a result for done only of a transaction that runs its work; it says so in its log. */
    private static String doneOnce(List<StormServer> servers) {
        Map<String, Integer> done = new HashMap<>();
        List<String> each = new ArrayList<>();
        for (StormServer server : servers) {
            int before = done.values().stream().mapToInt(Integer::intValue).sum();
            Matcher matcher = DONE.matcher(server.said());
            while (matcher.find()) {
                done.merge(matcher.group(1), 1, Integer::sum);
            }
            int here = done.values().stream().mapToInt(Integer::intValue).sum() - before;
            if (here == 0) {
                throw new LabFailure(server.name() + " took no result: it was not part of this");
            }
            each.add(here + " results at " + server.name());
        }
        List<String> twice = done.entrySet().stream()
                .filter(entry -> entry.getValue() > 1)
                .map(Map.Entry::getKey)
                .toList();
        if (!twice.isEmpty()) {
            throw new LabFailure("done more than once: " + twice);
        }
        return String.join(", ", each);
    }
}
