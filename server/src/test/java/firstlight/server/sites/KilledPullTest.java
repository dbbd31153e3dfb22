package firstlight.server.sites;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.server.Main;
import firstlight.testkit.S3Server;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Two servers in processes of their own, whose images are on an S3 server. One pulls from the other, and either is ended by
 * SIGKILL in the middle. By {@code ./firstlight test --matrix}: it takes a minute.
 */
@EnabledIfSystemProperty(named = "firstlight.matrix", matches = "all")
class KilledPullTest {
    private static final JsonMapper JSON = new JsonMapper();

    /** Of random content: more than two packs, which go to S3 when they have 64 MiB. */
    private static final int MEBIBYTES = 160;

    /** So that the pull takes some seconds, in which it can be killed. */
    private static final int MEGABITS = 160;

    private static final int SECONDS = 120;

    @TempDir
    private Path folder;

    private final HttpClient client = HttpClient.newHttpClient();
    private final List<Process> processes = new ArrayList<>();
    private final Set<Integer> given = new HashSet<>();

    @AfterEach
    void end() {
        processes.forEach(Process::destroyForcibly);
    }

    /** None twice: the kernel draws each, and a server's must be different ones. */
    private int freePort() throws IOException {
        while (true) {
            try (ServerSocket free = new ServerSocket(0)) {
                if (given.add(free.getLocalPort())) {
                    return free.getLocalPort();
                }
            }
        }
    }

    /** One that can be started again, at the same ports. */
    private final class Site {
        private final String name;
        private final Path data;
        private final Path config;
        private final int port = freePort();
        private Process process;

        Site(String name, URI s3, String peers) throws IOException {
            this.name = name;
            this.data = Files.createDirectories(folder.resolve(name));
            Path secret = Files.writeString(folder.resolve("secret"), "secret");
            this.config = Files.writeString(folder.resolve(name + ".yaml"), """
                    interfaces: [lo]
                    router-advertisements: false
                    ports: {dhcp: %d, proxy-dhcp: %d, tftp: %d, http: %d, engine: %d, api: %d}
                    api: {listen: 127.0.0.1, port: %d}
                    multicast: {enabled: false}
                    images:
                      nightly: never
                      store: s3://images/%s
                      s3: {endpoint: "%s", access-key: key, secret-key-file: "%s"}
                    %s
                    """.formatted(
                            freePort(),
                            freePort(),
                            freePort(),
                            freePort(),
                            freePort(),
                            freePort(),
                            port,
                            name,
                            s3,
                            secret,
                            peers));
            this.process = begin();
            awaitReady();
        }

        private Process begin() throws IOException {
            Process begun = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "--enable-native-access=ALL-UNNAMED",
                            "-cp",
                            System.getProperty("java.class.path"),
                            Main.class.getName(),
                            "serve",
                            "--data",
                            data.toString(),
                            "--config",
                            config.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(log().toFile())
                    .start();
            processes.add(begun);
            return begun;
        }

        private Path log() {
            return folder.resolve(name + ".log");
        }

        private void awaitReady() throws IOException {
            for (int i = 0; !Files.readString(log()).contains("firstlight: ready"); i++) {
                assertThat(i < 10 * SECONDS && process.isAlive())
                        .as(name + ": " + Files.readString(log()))
                        .isTrue();
                pause();
            }
        }

        /** SIGKILL, and a start of the same. */
        void kill() throws Exception {
            process.destroyForcibly().waitFor(SECONDS, TimeUnit.SECONDS);
        }

        void start() throws IOException {
            process = begin();
            awaitReady();
        }

        JsonNode ask(String method, String path, String body) throws Exception {
            String url = Files.readString(data.resolve("api-url")).strip();
            HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/api" + path))
                    .header(
                            "Authorization",
                            "Bearer "
                                    + Files.readString(data.resolve("api-token"))
                                            .strip())
                    .header("Content-Type", "application/json")
                    .method(method, HttpRequest.BodyPublishers.ofString(body.replace('\'', '"')))
                    .build();
            HttpResponse<String> reply = client.send(request, HttpResponse.BodyHandlers.ofString());
            assertThat(reply.statusCode()).as(path + ": " + reply.body()).isBetween(200, 299);
            return JSON.readTree(reply.body());
        }

        /** The newest job, when it is as {@code wanted}. */
        JsonNode await(Predicate<JsonNode> wanted) throws Exception {
            for (int i = 0; ; i++) {
                JsonNode job = ask("GET", "/image-jobs", "").path("items").path(0);
                if (wanted.test(job)) {
                    return job;
                }
                assertThat(i).as(name + ": " + job).isLessThan(10 * SECONDS);
                pause();
            }
        }

        JsonNode done(String body) throws Exception {
            ask("POST", "/image-jobs", body);
            return await(KilledPullTest::ended);
        }

        List<String> images() throws Exception {
            return ask("GET", "/images", "")
                    .path("items")
                    .valueStream()
                    .map(each -> each.path("image").asString())
                    .toList();
        }
    }

    private static boolean ended(JsonNode job) {
        return job.has("state") && !job.path("state").asString().equals("running");
    }

    private static boolean past(JsonNode job, int percent) {
        long total = job.path("total").longValue(0);
        return total > 0 && job.path("done").longValue(0) * 100 / total >= percent;
    }

    /** Of another process nothing can be waited for but what it says. */
    private static void pause() {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
    }

    private static String pin(Site site) throws IOException {
        Matcher pin = Pattern.compile("pin ([0-9a-f]{64})").matcher(Files.readString(site.log()));
        assertThat(pin.find()).isTrue();
        return pin.group(1);
    }

    private Path disk(int seed) throws IOException {
        byte[] octets = new byte[MEBIBYTES << 20];
        new Random(seed).nextBytes(octets);
        return Files.write(folder.resolve("disk" + seed), octets);
    }

    @Test
    void aServerThatIsKilledInAPullShowsNoHalfImageAndTheRestComesAfterItsStart() throws Exception {
        try (S3Server s3 = S3Server.start(folder.resolve("s3"))) {
            Site main = new Site("main", s3.endpoint(), "");
            main.ask("POST", "/users", "{'name': 'branch', 'role': 'peer'}");
            String token = main.ask("POST", "/tokens", "{'name': 'branch', 'user': 'branch'}")
                    .path("secret")
                    .asString();
            Path secret = Files.writeString(folder.resolve("token"), token);
            Site branch = new Site(
                    "branch",
                    s3.endpoint(),
                    "  peers: [{name: main, url: \"https://127.0.0.1:%d\", pin: %s, token-file: \"%s\", mbit: %d}]"
                            .formatted(main.port, pin(main), secret, MEGABITS));
            for (String image : List.of("one", "two")) {
                String file = disk(image.length() + image.charAt(0)).toString();
                JsonNode made = main.done("{'kind': 'import', 'file': '" + file + "', 'image': '" + image + "'}");
                assertThat(made.path("state").asString()).as(made.toString()).isEqualTo("done");
            }

            branch.ask("POST", "/image-jobs", "{'kind': 'pull', 'image': 'one'}");
            branch.await(job -> past(job, 60));
            branch.kill();
            branch.start();
            assertThat(branch.images()).as("right after the start").isEmpty();
            JsonNode pulled = branch.await(KilledPullTest::ended); // it goes on by itself
            Matcher travelled = Pattern.compile("one@1 is here, from main: (\\d+) of its (\\d+) chunks travelled")
                    .matcher(pulled.path("text").asString());
            assertThat(travelled.find()).as(pulled.toString()).isTrue();
            assertThat(Integer.parseInt(travelled.group(1))).isLessThan(Integer.parseInt(travelled.group(2)));
            assertThat(branch.done("{'kind': 'verify', 'image': 'one'}")
                            .path("text")
                            .asString())
                    .contains("one@1 is sound");

            branch.ask("POST", "/image-jobs", "{'kind': 'pull', 'image': 'two'}");
            branch.await(job -> past(job, 30));
            main.kill();
            JsonNode broken = branch.await(KilledPullTest::ended);
            assertThat(broken.path("state").asString()).as(broken.toString()).isEqualTo("failed");
            assertThat(branch.images()).containsExactly("one");
            main.start();
            assertThat(branch.done("{'kind': 'pull', 'image': 'two'}")
                            .path("text")
                            .asString())
                    .contains("two@1 is here");
            assertThat(branch.done("{'kind': 'verify', 'image': 'two'}")
                            .path("text")
                            .asString())
                    .contains("two@1 is sound");
            assertThat(branch.images()).containsExactly("one", "two");
        }
    }
}
