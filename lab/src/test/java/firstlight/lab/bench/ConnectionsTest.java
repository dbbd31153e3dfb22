package firstlight.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.engine.ServerLink;
import firstlight.image.Disk;
import firstlight.image.Progress;
import firstlight.image.capture.Capture;
import firstlight.image.disk.Access;
import firstlight.image.disk.DiskFile;
import firstlight.image.restore.Restore;
import firstlight.wire.work.Result;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How many TLS connections an engine's work takes: a handshake costs more processor time than a chunk. */
class ConnectionsTest {
    private static final int SIZE = 48 << 20;
    private static final int THREADS = 3;

    /** Each thread's own, one for the talk about the work, and one for what overlaps at the end. */
    private static final int FEW = THREADS + 2;

    @TempDir
    Path folder;

    @Test
    void aWorkTakesAConnectionForEachThreadHoweverManyBatchesItIs() throws Exception {
        byte[] content = new byte[SIZE];
        new Random(7).nextBytes(content);
        Path source = Files.write(folder.resolve("source"), content);
        Path target = folder.resolve("target");
        try (FileChannel channel = FileChannel.open(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(1), SIZE - 1);
        }
        List<String> log = new ArrayList<>();
        try (ImagingServerProcess server = new ImagingServerProcess(folder.resolve("server"));
                CountingRelay relay = new CountingRelay(server.port())) {
            capture(server.boot("capture", relay.port(), log::add).link(), source);
            assertThat(relay.connections()).isBetween(1, FEW);

            // Until the network sets the pace those that write fetch, too.
            restore(server.boot("restore", relay.port(), log::add).link(), target);
            assertThat(relay.connections()).isBetween(2, FEW + 2 * THREADS + 1);
        }
        assertThat(log).isEmpty();
        assertThat(Files.mismatch(source, target)).isEqualTo(-1);
    }

    private static void capture(ServerLink link, Path source) throws IOException {
        try (Disk disk = DiskFile.open(source, 512, Access.READ)) {
            Capture.Captured captured =
                    new Capture(link.sink(), THREADS, "test").capture(List.of(disk), Progress.SILENT);
            link.publish(ImagingServer.IMAGE, captured.manifest());
            link.result(new Result.Done("captured", captured.summary().stageTimes()));
        }
    }

    private static void restore(ServerLink link, Path target) throws IOException {
        try (Disk disk = DiskFile.open(target, 512, Access.READ_WRITE)) {
            var done = new Restore(link.source(), THREADS).restore(link.manifest(), List.of(disk), Progress.SILENT);
            link.result(new Result.Done("restored", done.stageTimes()));
        }
    }
}
