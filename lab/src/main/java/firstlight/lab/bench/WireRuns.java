package firstlight.lab.bench;

import firstlight.engine.ServerLink;
import firstlight.image.Progress;
import firstlight.image.capture.Capture;
import firstlight.image.capture.Capture.Captured;
import firstlight.image.disk.Access;
import firstlight.image.disk.BlockDevice;
import firstlight.image.restore.Restore;
import firstlight.image.restore.RestoreSummary;
import firstlight.lab.bench.Aim.Open;
import firstlight.wire.work.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The same work through the engine's own HTTPS to the engine port of a server process, over loopback: what TLS, the token, the
 * copies and the server take, which the runs on a store of the same process leave out.
 */
final class WireRuns implements AutoCloseable {
    private final String bench;
    private final int threads;
    private final ImagingServerProcess server;
    private final Figure rate;
    private final Figure cpu;
    private final Figure serverCpu;
    private final Figure octets;
    private final StageFigures stages;

    /** @param stages names of the threads' stages, in the order in which {@link #stages} is given them */
    WireRuns(Ground ground, String bench, int threads, String... stages) throws IOException {
        this.bench = bench;
        this.threads = threads;
        Path folder = Files.createDirectories(ground.folder().resolve("wire"));
        this.server = new ImagingServerProcess(folder);
        this.rate = new Figure(bench + ".wire-rate", "MB/s", new Open());
        this.cpu = new Figure(bench + ".wire-cpu", "s/GB", new Open());
        this.serverCpu = new Figure(bench + ".wire-server-cpu", "s/GB", new Open());
        this.octets = new Figure(bench + ".wire-octets", "MB", new Open());
        this.stages = new StageFigures(bench + "-wire", stages);
    }

    /** Takes {@code source} as the next version. */
    Captured capture(DiskGround source) throws IOException {
        ServerLink link = server.boot("capture", System.out::println).link();
        try (BlockDevice disk = source.open(Access.READ)) {
            Captured captured = new Capture(link.sink(), threads, "bench").capture(List.of(disk), Progress.SILENT);
            link.publish(ImagingServer.IMAGE, captured.manifest());
            link.result(new Result.Done("captured", captured.summary().stageTimes()));
            sent(link.sentOctets());
            return OurImages.usable(captured);
        }
    }

    /** Lays the newest version onto {@code target}. */
    RestoreSummary restore(DiskGround target) throws IOException {
        ServerLink link = server.boot("restore", System.out::println).link();
        try (BlockDevice disk = target.open(Access.READ_WRITE)) {
            RestoreSummary done =
                    new Restore(link.source(), threads).restore(link.manifest(), List.of(disk), Progress.SILENT);
            link.result(new Result.Done("restored", done.stageTimes()));
            sent(link.receivedOctets());
            return done;
        }
    }

    /** Octets of the bodies that the last run sent (a capture) or got (a restore), also in vain; {@link #add} tells them. */
    private long last;

    private void sent(long travelled) {
        last = travelled;
    }

    /** Removes what is in the store, so that the next capture finds an empty one. */
    void forget() throws IOException {
        server.forget();
    }

    /** A run that took {@code seconds}, and so much CPU of this process and of the server. */
    void add(double gigabytes, ImagePeer.Cost cost, double serverSeconds) {
        rate.of(true).add(gigabytes * 1e3 / cost.seconds());
        cpu.of(true).add(cost.cpuSeconds() / gigabytes);
        serverCpu.of(true).add(serverSeconds / gigabytes);
        octets.of(true).add(last / 1e6);
    }

    StageFigures stages() {
        return stages;
    }

    double serverSeconds() {
        return server.cpuSeconds();
    }

    void print() {
        System.out.println(bench + " through the engine's HTTPS to a server process on this machine:");
        rate.print();
        cpu.print();
        serverCpu.print();
        octets.print();
        stages.print();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
