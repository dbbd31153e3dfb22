package firstlight.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.engine.ServerLink;
import firstlight.image.Disk;
import firstlight.image.Progress;
import firstlight.image.capture.Capture;
import firstlight.image.chunk.ChunkFrame;
import firstlight.image.chunk.ChunkId;
import firstlight.image.chunk.ChunkSink;
import firstlight.image.chunk.ChunkSource;
import firstlight.image.disk.Access;
import firstlight.image.disk.DiskFile;
import firstlight.image.restore.Restore;
import firstlight.image.restore.RestoreSummary;
import firstlight.wire.work.Result;
import firstlight.wire.work.WorkOrder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server process that is killed and a PC that is switched off in the middle, over TCP: what goes over the wire twice. */
class ResumeTest {
    private static final int MIB = 1 << 20;
    private static final int SIZE = 48 * MIB;
    private static final int THREADS = 3;
    /** What all threads may have under way when the line breaks: a batch of 2 MiB each, with its retries. */
    private static final long UNDER_WAY = 4L * THREADS * 2 * MIB;

    private static final int IN_THE_MIDDLE = 8;

    @TempDir
    Path folder;

    private final List<String> log = new CopyOnWriteArrayList<>();
    private Path source;

    @BeforeEach
    void aDiskFullOfNoise() throws IOException {
        byte[] content = new byte[SIZE];
        new Random(5).nextBytes(content);
        source = Files.write(folder.resolve("source"), content);
    }

    private interface Break {
        void now() throws IOException;
    }

    /** Does {@code what} before the eighth batch is put. */
    private static ChunkSink breaking(ChunkSink sink, Break what) {
        AtomicInteger puts = new AtomicInteger();
        return new ChunkSink() {
            @Override
            public BitSet missing(List<ChunkId> ids) throws IOException {
                return sink.missing(ids);
            }

            @Override
            public void put(List<ChunkFrame> frames) throws IOException {
                if (puts.incrementAndGet() == IN_THE_MIDDLE) {
                    what.now();
                }
                sink.put(frames);
            }
        };
    }

    private static ChunkSource breaking(ChunkSource source, Break what) {
        AtomicInteger gets = new AtomicInteger();
        return ids -> {
            if (gets.incrementAndGet() == IN_THE_MIDDLE) {
                what.now();
            }
            return source.get(ids);
        };
    }

    private void capture(ServerLink link, ChunkSink sink) throws IOException {
        try (Disk disk = DiskFile.open(source, 512, Access.READ)) {
            Capture.Captured captured = new Capture(sink, THREADS, "test").capture(List.of(disk), Progress.SILENT);
            link.publish(ImagingServer.IMAGE, captured.manifest());
            link.result(new Result.Done("captured", captured.summary().stageTimes()));
        }
    }

    private static RestoreSummary restore(ServerLink link, ChunkSource chunks, Path target) throws IOException {
        try (Disk disk = DiskFile.open(target, 512, Access.READ_WRITE)) {
            RestoreSummary done = new Restore(chunks, THREADS).restore(link.manifest(), List.of(disk), Progress.SILENT);
            link.result(new Result.Done("restored", done.stageTimes()));
            return done;
        }
    }

    private Path blank() throws IOException {
        Path file = folder.resolve("target");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(1), SIZE - 1);
        }
        return file;
    }

    private static IOException powerCut() {
        return new IOException("power cut");
    }

    @Test
    void whatWasSentOrFetchedBeforeAServerDiedOrAPcWasSwitchedOffDoesNotTravelAgain() throws Exception {
        try (ImagingServerProcess server = new ImagingServerProcess(folder.resolve("server"))) {
            ServerLink first = server.boot("capture", log::add).link();
            assertThatThrownBy(() -> capture(first, breaking(first.sink(), () -> {
                        throw powerCut();
                    })))
                    .hasMessage("power cut");

            ImagingServerProcess.Booted again = server.boot("boot", log::add);
            assertThat(again.order()).as("the order comes again").isInstanceOf(WorkOrder.Capture.class);
            capture(again.link(), breaking(again.link().sink(), () -> {
                server.kill();
                server.startAgain();
            }));
            assertThat(first.sentOctets() + again.link().sentOctets())
                    .as("48 MiB of noise, and what was under way")
                    .isBetween((long) SIZE, SIZE + UNDER_WAY);

            Path target = blank();
            ServerLink third = server.boot("restore", log::add).link();
            assertThatThrownBy(() -> restore(
                            third,
                            breaking(third.source(), () -> {
                                throw powerCut();
                            }),
                            target))
                    .hasMessage("power cut");
            ImagingServerProcess.Booted last = server.boot("boot", log::add);
            assertThat(last.order()).as("the order comes again").isInstanceOf(WorkOrder.Restore.class);
            RestoreSummary done = restore(
                    last.link(),
                    breaking(last.link().source(), () -> {
                        server.kill();
                        server.startAgain();
                    }),
                    target);
            assertThat(done.verified()).isTrue();
            assertThat(done.keptBytes()).isGreaterThan((IN_THE_MIDDLE - THREADS) * 2L * MIB);
            assertThat(third.receivedOctets() + last.link().receivedOctets()).isBetween((long) SIZE, SIZE + UNDER_WAY);
            assertThat(Files.mismatch(source, target)).isEqualTo(-1);
            assertThat(log)
                    .anySatisfy(line -> assertThat(line).contains("does not answer"))
                    .contains("the server answers again; going on");
        }
    }
}
