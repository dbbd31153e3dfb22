package firstlight.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import firstlight.engine.FlakyServer.Answer;
import firstlight.image.ImageFailure;
import firstlight.image.chunk.ChunkCodec;
import firstlight.image.chunk.ChunkFrame;
import firstlight.image.chunk.ChunkId;
import firstlight.image.chunk.ChunkWire;
import firstlight.image.chunk.DamagedChunk;
import firstlight.model.Bytes;
import firstlight.model.FactName;
import firstlight.model.Facts;
import firstlight.wire.work.After;
import firstlight.wire.work.Hello;
import firstlight.wire.work.Problem;
import firstlight.wire.work.WorkCodec;
import firstlight.wire.work.WorkOrder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The engine's side of docs/protocol/engine.md against a real TLS server. */
class ConversationTest {
    private static final Hello HELLO = new Hello("engine", Facts.NONE.with(FactName.SERIAL, "B5RJ12"));
    private static final WorkOrder ORDER =
            new WorkOrder.NoWork(new WorkOrder.Heading(7, "pc-7", After.REBOOT, List.of("no rule matched")));
    private static final Answer WORK = new Answer(200, WorkCodec.encode(ORDER));

    @TempDir
    static Path folder;

    private final List<Duration> pauses = new ArrayList<>();
    private final List<String> log = new ArrayList<>();

    @Test
    void asksForWorkWithItsToken() throws Exception {
        try (FlakyServer server = new FlakyServer(folder, WORK)) {
            assertThat(conversation(server).hello(HELLO)).isEqualTo(ORDER);
            assertThat(server.requests).hasSize(1);
            assertThat(server.requests.getFirst().line()).isEqualTo("POST /engine/hello HTTP/1.1");
            assertThat(server.requests.getFirst().head()).contains("Authorization: Bearer s3cret");
            assertThat(WorkCodec.decodeHello(server.requests.getFirst().body())).isEqualTo(HELLO);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-50y", "+70y"})
    void speaksToItsServerWhateverYearThePcsClockSays(String certificateStarts) throws Exception {
        Path own = Files.createDirectory(folder.resolve(certificateStarts));
        FlakyServer.makeKeys(own.resolve("keys.p12"), certificateStarts);
        try (FlakyServer server = new FlakyServer(own, WORK)) {
            assertThat(conversation(server).hello(HELLO)).isEqualTo(ORDER);
        }
    }

    @Test
    void tellsNothingToAServerWithAnotherCertificateAndDoesNotTryAgain() throws Exception {
        try (FlakyServer server = new FlakyServer(folder, WORK)) {
            Exchange wrong = patient(server.exchange("00".repeat(32)));
            assertThatThrownBy(() -> new Server(wrong, wrong).hello(HELLO))
                    .isInstanceOfSatisfying(ImageFailure.class, failure -> {
                        assertThat(failure.what()).contains("another certificate");
                        assertThat(failure.cause()).contains(server.pin()).contains("00".repeat(32));
                    });
            assertThat(server.requests).isEmpty();
            assertThat(pauses).isEmpty();
        }
    }

    @Test
    void triesAgainAfterABrokenConnectionAndAfterAServerError() throws Exception {
        try (FlakyServer server =
                new FlakyServer(folder, Answer.HANG_UP, Answer.of(503, "restarting"), Answer.HANG_UP, WORK)) {
            assertThat(conversation(server).hello(HELLO)).isEqualTo(ORDER);
            assertThat(server.requests).hasSize(4);
            assertThat(pauses).containsExactly(Duration.ofMillis(200), Duration.ofMillis(400), Duration.ofMillis(800));
            assertThat(log)
                    .hasSize(2)
                    .satisfies(lines -> assertThat(lines.getFirst()).contains("trying again"))
                    .endsWith("the server answers again; going on");
        }
    }

    @Test
    void doesNotRepeatWhatTheServerForbids() throws Exception {
        Problem problem = new Problem(401, "The token expired", "transaction 7 is over", "start the PC again");
        try (FlakyServer server = new FlakyServer(folder, new Answer(401, WorkCodec.encode(problem)))) {
            assertThatThrownBy(() -> conversation(server).hello(HELLO))
                    .isInstanceOfSatisfying(
                            Refused.class,
                            refused -> assertThat(refused.problem()).isEqualTo(problem));
            assertThat(pauses).isEmpty();
        }
    }

    @Test
    void tellsAPersonAtOnceThatTheServersDiskIsFull() throws Exception {
        Problem problem = new Problem(507, "The server's disk is full", "No space left on device", "make room");
        try (FlakyServer server = new FlakyServer(folder, new Answer(507, WorkCodec.encode(problem)))) {
            assertThatThrownBy(() -> conversation(server).hello(HELLO)).isInstanceOf(Refused.class);
            assertThat(pauses).isEmpty();
        }
    }

    @Test
    void givesUpAfterAnHourOfWorkAndSaysWhatToLookAt() {
        Exchange dead = new Exchange() {
            @Override
            public <T> T send(String method, String path, String type, Body body, Reader<T> reader) throws IOException {
                throw new IOException("No route to host");
            }
        };
        ImageFailure failure = catchThrowableOfType(
                ImageFailure.class,
                () -> patient(dead).send("GET", "/x", "", Exchange.Body.EMPTY, InputStream::readAllBytes));
        assertThat(failure.what()).contains("60 minutes");
        assertThat(failure.cause()).isEqualTo("No route to host");
        assertThat(pauses.stream().reduce(Duration.ZERO, Duration::plus))
                .isBetween(Duration.ofMinutes(59), Duration.ofMinutes(60));
        assertThat(pauses.getLast()).isEqualTo(Duration.ofSeconds(15));
        assertThat(log).as("once a minute").hasSizeBetween(50, 60);
        assertThat(log.getFirst())
                .isEqualTo("the server does not answer (No route to host), trying again for 59 minutes");
    }

    /** A server that hangs, or a firewall that drops what is sent: each try lasts as long as its timeout. */
    @Test
    void thePatienceIsOneOfTheClockNotOfThePausesAlone() {
        AtomicLong now = new AtomicLong();
        Exchange mute = new Exchange() {
            @Override
            public <T> T send(String method, String path, String type, Body body, Reader<T> reader) throws IOException {
                now.addAndGet(Duration.ofMinutes(2).toNanos());
                throw new IOException("Read timed out");
            }
        };
        Retries.Pause pause = time -> now.addAndGet(time.toNanos());
        assertThatThrownBy(() -> new Retries(mute, Retries.ASKING, pause, log::add, now::get)
                        .send("GET", "/x", "", Exchange.Body.EMPTY, InputStream::readAllBytes))
                .isInstanceOf(ImageFailure.class);
        assertThat(Duration.ofNanos(now.get())).isBetween(Duration.ofMinutes(8), Duration.ofMinutes(12));
    }

    /** So much came over a slow line before it broke that the server is surely there. */
    @Test
    void aLongTransferThatBreaksOnceIsTriedAgain() throws Exception {
        AtomicLong now = new AtomicLong();
        AtomicLong tries = new AtomicLong();
        Exchange slow = new Exchange() {
            @Override
            public <T> T send(String method, String path, String type, Body body, Reader<T> reader) throws IOException {
                now.addAndGet(Duration.ofHours(3).toNanos());
                if (tries.incrementAndGet() < 3) {
                    throw new IOException("Connection reset");
                }
                return reader.read(InputStream.nullInputStream());
            }
        };
        byte[] answer = new Retries(slow, Retries.ASKING, time -> {}, log::add, now::get)
                .send("GET", "/x", "", Exchange.Body.EMPTY, InputStream::readAllBytes);
        assertThat(answer).isEmpty();
    }

    @Test
    void fetchesChunksAgainWhenTheAnswerBreaksOffInTheMiddle() throws Exception {
        byte[] one = "first frame".getBytes(StandardCharsets.UTF_8);
        byte[] two = "second frame".getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        ChunkWire.writeGet(whole, List.of(one, two));
        Answer half = new Answer(200, Arrays.copyOf(whole.toByteArray(), whole.size() - 5));
        try (FlakyServer server = new FlakyServer(folder, half, new Answer(200, whole.toByteArray()))) {
            List<ChunkId> ids = List.of(ChunkId.of(one, 0, 4), ChunkId.of(two, 0, 4));
            List<byte[]> frames = new RemoteChunks(patient(server.exchange(server.pin()))).get(ids);
            assertThat(frames).containsExactly(one, two);
            assertThat(server.requests).hasSize(2);
            assertThat(server.requests.getLast().body()).isEqualTo(ChunkWire.ids(ids));
        }
    }

    @Test
    void sendsChunksAgainWholeAfterABreak() throws Exception {
        ChunkFrame frame = frame();
        try (FlakyServer server = new FlakyServer(folder, Answer.HANG_UP, Answer.of(204, ""))) {
            new RemoteChunks(patient(server.exchange(server.pin()))).put(List.of(frame));
            ByteArrayOutputStream expected = new ByteArrayOutputStream();
            ChunkWire.writePut(expected, List.of(frame));
            assertThat(server.requests).hasSize(2);
            assertThat(server.requests.getLast().body()).isEqualTo(expected.toByteArray());
        }
    }

    @Test
    void aChunkThatDoesNotVerifyIsSentOnceMoreAndThenNamed() throws Exception {
        ChunkFrame frame = frame();
        byte[] id = new byte[ChunkId.LENGTH];
        frame.id().put(id, 0);
        Problem problem = new Problem(422, "Damaged", "its content has another SHA-256", "", List.of(Bytes.of(id)));
        Answer no = new Answer(422, WorkCodec.encode(problem));
        try (FlakyServer server = new FlakyServer(folder, no, no)) {
            RemoteChunks chunks = new RemoteChunks(patient(server.exchange(server.pin())));
            assertThatThrownBy(() -> chunks.put(List.of(frame)))
                    .isInstanceOfSatisfying(
                            DamagedChunk.class,
                            damaged -> assertThat(damaged.id()).isEqualTo(frame.id()));
            assertThat(server.requests).hasSize(2);
        }
    }

    @Test
    void asksWhichChunksAreMissing() throws Exception {
        try (FlakyServer server = new FlakyServer(folder, new Answer(200, new byte[] {0b101}))) {
            ChunkId id = ChunkId.of(new byte[] {1}, 0, 1);
            assertThat(new RemoteChunks(patient(server.exchange(server.pin()))).missing(List.of(id, id, id)).stream())
                    .containsExactly(0, 2);
        }
    }

    private static ChunkFrame frame() {
        byte[] content = "some content".getBytes(StandardCharsets.UTF_8);
        try (ChunkCodec codec = new ChunkCodec(1)) {
            return codec.pack(ChunkId.of(content, 0, content.length), content, 0, content.length);
        }
    }

    private Server conversation(FlakyServer server) {
        Exchange exchange = server.exchange(server.pin());
        return new Server(patient(exchange), exchange);
    }

    private Exchange patient(Exchange exchange) {
        return new Retries(exchange, Retries.WORKING, pauses::add, log::add);
    }
}
