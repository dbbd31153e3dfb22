package firstlight.database;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.policy.Device;
import firstlight.policy.access.AuditEntry;
import firstlight.policy.level.Group;
import firstlight.policy.rule.Rule;
import firstlight.policy.work.Work;
import firstlight.policy.work.WorkState;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code kill -9} of a server that writes: what it said is kept is there, and nothing is there by half. docs/adr/0008 rests on it. */
@ParameterizedClass
@EnumSource(TestStorage.class)
class TortureTest {
    private static final int ROUNDS = 3;

    @TempDir
    private Path directory;

    @Parameter
    private TestStorage kind;

    @Test
    @Timeout(300)
    void whatWasAcknowledgedIsThereAfterAKillAndNothingIsHalf() throws Exception {
        Storage storage = kind.fresh(directory);
        long seed = System.nanoTime();
        System.out.println("torture seed " + seed);
        Random random = new Random(seed);
        List<String> acknowledged = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            List<String> said = scribbleUntilKilled(storage, round, 50 + random.nextInt(400));
            assertThat(said).as("it wrote something").hasSizeGreaterThan(20);
            acknowledged.addAll(said);
            try (Database database = Database.open(storage, Scribbler.NOW)) {
                check(database, acknowledged);
            }
        }
        if (storage instanceof Storage.Embedded) {
            String sound = Jdbi.create("jdbc:sqlite:" + directory.resolve("firstlight.sqlite"))
                    .<String, RuntimeException>withHandle(handle -> handle.createQuery("pragma integrity_check")
                            .mapTo(String.class)
                            .one());
            assertThat(sound).isEqualTo("ok");
        }
    }

    /** Killed by SIGKILL when it has said so many lines, wherever it is then. */
    private static List<String> scribbleUntilKilled(Storage storage, int round, int lines) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Scribbler.class.getName(),
                Integer.toString(round)));
        switch (storage) {
            case Storage.Embedded(Path where) -> command.add(where.toString());
            case Storage.PostgreSql(String url, String user, String password) ->
                command.addAll(List.of(url, user, password));
        }
        Process child = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<String> said = new ArrayList<>();
        try (BufferedReader out = child.inputReader(StandardCharsets.UTF_8)) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                if (line.endsWith(" .")) {
                    said.add(line);
                }
                if (said.size() == lines) {
                    child.destroyForcibly();
                }
            }
        } catch (IOException closed) {
            // the pipe's end
        }
        assertThat(child.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(child.exitValue()).as("killed by signal 9").isEqualTo(128 + 9);
        return said;
    }

    private static void check(Database database, List<String> acknowledged) {
        Set<String> devices =
                database.devices().all().stream().map(Device::name).collect(Collectors.toSet());
        Set<String> groups = database.policy().book().groups().all().stream()
                .map(Group::name)
                .collect(Collectors.toSet());
        Map<String, Long> rules = database.policy().book().rules().stream()
                .collect(Collectors.groupingBy(rule -> name(rule), Collectors.counting()));
        Map<Long, WorkState> works =
                database.works().list(Integer.MAX_VALUE).stream().collect(Collectors.toMap(Work::id, Work::state));
        Set<String> audited = database.audit().entries(0, 0, Integer.MAX_VALUE).stream()
                .map(AuditEntry::who)
                .collect(Collectors.toSet());
        assertThat(rules.values()).as("rules that were kept together").containsOnly((long) Scribbler.TOGETHER);
        for (AuditEntry entry : database.audit().entries(0, 0, Integer.MAX_VALUE)) {
            assertThat(database.audit().entries(entry.devices().getLast(), 0, Integer.MAX_VALUE))
                    .contains(entry);
        }
        for (String line : acknowledged) {
            String[] words = line.split(" ", -1);
            switch (words[0]) {
                case "device" -> assertThat(devices).contains(words[1]);
                case "group" -> assertThat(groups).contains(words[1]);
                case "rules" -> assertThat(rules).containsEntry(words[1], (long) Scribbler.TOGETHER);
                case "work" ->
                    assertThat(works.get(Long.valueOf(words[1]))).isGreaterThanOrEqualTo(WorkState.valueOf(words[2]));
                case "token" ->
                    assertThat(database.journal().bearer(words[1], Scribbler.NOW))
                            .as("the token with its transaction")
                            .isPresent();
                case "audit" -> assertThat(audited).contains(words[1]);
                default -> throw new AssertionError(line);
            }
        }
    }

    private static String name(Rule rule) {
        return rule.name().substring(0, rule.name().indexOf(' '));
    }
}
