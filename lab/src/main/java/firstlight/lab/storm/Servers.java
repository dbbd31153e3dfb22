package firstlight.lab.storm;

import firstlight.engine.PinnedTls;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** HTTP to the servers as PCs speak it: the preboot client without TLS, the engine with the pin of its command line. */
final class Servers {
    /** For a connection, and for an answer: a server that was killed answers neither. */
    private static final Duration PATIENCE = Duration.ofSeconds(4);

    private final HttpClient plain = builder().build();
    /** By the pin: each server has its own certificate. */
    private final Map<String, HttpClient> pinned = new ConcurrentHashMap<>();

    private static HttpClient.Builder builder() {
        return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(PATIENCE);
    }

    /** The script that a preboot client gets. Any other status than 200 is an IOException, on which the PC boots again. */
    String script(URI question) throws IOException, InterruptedException {
        HttpResponse<String> answer =
                plain.send(HttpRequest.newBuilder(question).timeout(PATIENCE).build(), BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IOException("status " + answer.statusCode());
        }
        return answer.body();
    }

    /** @throws Refused when the server answers with a problem */
    byte[] engine(CommandLine line, String path, byte[] body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(line.server().resolve(path))
                .timeout(PATIENCE)
                .header("Authorization", "Bearer " + line.token())
                .POST(BodyPublishers.ofByteArray(body))
                .build();
        HttpResponse<byte[]> answer =
                pinned.computeIfAbsent(line.pin(), Servers::pinned).send(request, BodyHandlers.ofByteArray());
        if (answer.statusCode() / 100 != 2) {
            throw new Refused(answer.statusCode() + " " + new String(answer.body(), StandardCharsets.UTF_8));
        }
        return answer.body();
    }

    /** An answer, but not the one that was wanted. */
    static final class Refused extends IOException {
        private static final long serialVersionUID = 1L;

        Refused(String why) {
            super(why);
        }
    }

    private static HttpClient pinned(String pin) {
        String digits = pin.replaceFirst("^sha256:", "");
        return builder().sslContext(PinnedTls.trustingOnly(digits)).build();
    }
}
