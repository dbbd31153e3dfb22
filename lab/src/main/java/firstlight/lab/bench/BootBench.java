package firstlight.lab.bench;

import firstlight.database.Database;
import firstlight.lab.BootTimes;
import firstlight.lab.bench.Aim.AtMost;
import firstlight.lab.bench.Aim.Open;
import firstlight.lab.bench.Aim.RatioAtMost;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Starts: the server's own, and those of virtual PCs (QEMU, interpreted where there is no KVM). The peer of a boot without work
 * is the same PC on a LAN without a PXE server; that of the preboot client's wait is the same without router advertisements.
 */
final class BootBench {
    private final Ground ground;
    private final Extent extent;

    BootBench(Ground ground, Extent extent) {
        this.ground = ground;
        this.extent = extent;
    }

    /** What can be measured alone: a boot takes minutes under TCG. */
    enum Part {
        SERVE,
        BIOS,
        UEFI;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    void run(Set<Part> parts) {
        System.out.println("ours: " + Ours.version());
        if (parts.contains(Part.SERVE)) {
            serve("", false);
            serve("-10000", true);
        }
        if (!parts.contains(Part.BIOS) && !parts.contains(Part.UEFI)) {
            return;
        }
        BootTimes times = BootTimes.prepare();
        Figure initramfs = new Figure("boot.initramfs", "MB", new AtMost(40, "MB"));
        initramfs.ours().add(times.initramfsOctets() / 1e6);
        initramfs.print();
        for (Part part : List.of(Part.BIOS, Part.UEFI)) {
            if (parts.contains(part)) {
                boolean uefi = part == Part.UEFI;
                firstRequest(times, uefi, "-" + part);
                question(times, uefi, "-" + part);
                local(times, uefi, "-" + part);
            }
        }
    }

    /** @param known whether its database knows {@link KnownDevices#COUNT} devices when it starts */
    private void serve(String suffix, boolean known) {
        Host host = ground.host();
        Path data = ground.folder().resolve("data" + suffix);
        if (known) {
            try (Database database = Database.open(data.resolve("database"), Instant.now())) {
                KnownDevices.register(database, Instant.now());
            }
        }
        Figure ready = new Figure("boot.ready" + suffix, "s", new AtMost(2, "s"));
        Figure cpu = new Figure("boot.ready-cpu" + suffix, "s", new Open());
        Figure memory = new Figure("boot.memory" + suffix, "MB", new AtMost(256, "MB"));
        ServeStart.measure(ground, host, data); // makes the certificate, and the class archive after a build
        for (int run = 0; run < (extent == Extent.QUICK ? 1 : extent.runs()); run++) {
            ServeStart start = ServeStart.measure(ground, host, data);
            ready.ours().add(start.ready());
            cpu.ours().add(start.cpu());
            memory.ours().add(start.memory());
        }
        ready.print();
        cpu.print();
        memory.print();
    }

    /** The peer is our own server without its answer to iPXE's router solicitation, for which iPXE waits 16 s. */
    private void firstRequest(BootTimes times, boolean uefi, String firmware) {
        Figure figure = new Figure("boot.ack-to-request" + firmware, "s", new AtMost(0.5, "s"));
        for (int run = 0; run < bootRuns(); run++) {
            figure.ours().add(times.firstRequest(uefi, true));
            figure.peer().add(times.firstRequest(uefi, false));
        }
        figure.print("no-advertisement");
    }

    /** Without a peer: nobody else has an engine that asks. */
    private void question(BootTimes times, boolean uefi, String firmware) {
        Figure powerOn = new Figure("boot.power-on-to-question" + firmware, "s", new Open());
        Figure kernel = new Figure("boot.kernel-to-question" + firmware, "s", new AtMost(10, "s"));
        for (int run = 0; run < bootRuns(); run++) {
            BootTimes.Question question = times.question(uefi);
            powerOn.ours().add(question.powerOn());
            kernel.ours().add(question.kernel());
        }
        powerOn.print();
        kernel.print();
    }

    /** The peer is the same PC on a LAN where no PXE server answers: EDK2 asks for more than 28 s then, before it goes on. */
    private void local(BootTimes times, boolean uefi, String firmware) {
        Figure figure = new Figure("boot.no-work" + firmware, "s", new RatioAtMost(1));
        for (int run = 0; run < bootRuns(); run++) {
            figure.ours().add(times.localLogin(uefi, true));
            figure.peer().add(times.localLogin(uefi, false));
        }
        figure.print("no-server");
    }

    /** A boot takes minutes where there is no KVM. */
    private int bootRuns() {
        return (int) extent.of(1, 3);
    }
}
