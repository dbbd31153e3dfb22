package firstlight.lab;

import firstlight.lab.Step.DiskKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** A LAN with a DHCP server, Firstlight, a capture and PCs: where one scenario is played. Owned by the scenario's thread. */
final class Stage implements AutoCloseable {
    /** A shell's words that print a disk of 250 MiB without a table, on which nothing may be written. */
    static final String SOMEBODYS_DATA = "yes \"somebody's data\" | head -c 262144000";

    private final Home home;
    private final RunState state;
    private final Lan lan;
    private final DhcpSoftware dhcp;
    private final Path logs;
    private final Journal journal;
    private final Evidence evidence = new Evidence();
    private final PacketCapture capture;
    private final Map<String, VirtualPc> pcs = new LinkedHashMap<>();
    /** By PC, the one that it was switched on with last: for {@link DiskKind#AS_IT_WAS_LEFT}. */
    private final Map<String, PcSpec.Disk> disks = new LinkedHashMap<>();

    private final Map<String, Duration> times = new LinkedHashMap<>();
    private Optional<FirstlightServer> server = Optional.empty();
    /** Starts the server as it was started last. */
    private Runnable restart = () -> {};

    private Duration lastTime = Duration.ZERO;
    private final List<String> summaries = new ArrayList<>();
    private int logMark;
    private Optional<Path> lastPicture = Optional.empty();
    private boolean left;

    Stage(Home home, Lan.Topology topology, DhcpSoftware dhcp, Path logs, Journal journal) {
        this.home = home;
        this.dhcp = dhcp;
        this.logs = logs;
        this.journal = journal;
        this.state = RunState.open();
        try {
            this.lan = Lan.create(state, topology);
            this.capture = new PacketCapture(lan, logs.resolve("lan.pcap"), evidence);
        } catch (RuntimeException failure) {
            state.close();
            throw failure;
        }
    }

    void startFirstlight(String configuration) {
        server = Optional.of(FirstlightServer.start(home, lan, logs, configuration));
        restart = () -> startFirstlight(configuration);
    }

    /** Its image store has a file system of {@code mib} MiB of its own; {@link #restart} does not bring it back. */
    void startFirstlightWithStore(String configuration, int mib) {
        server = Optional.of(FirstlightServer.start(home, lan, logs, configuration, Optional.of(mib)));
    }

    void killServer() {
        server().kill();
    }

    /** On the same data. */
    void restart() {
        restart.run();
    }

    /** On Firstlight's own host it is told what {@code firstlight dhcp-config} says; a separate one is told nothing. */
    void startForeignDhcp() {
        ForeignDhcp.start(home, lan, logs, dhcp);
    }

    /** It is told nothing of Firstlight, whatever host it is on. */
    void startSilentDhcp() {
        ForeignDhcp.start(lan, logs, dhcp, home.cache(), "");
    }

    Lan lan() {
        return lan;
    }

    Home home() {
        return home;
    }

    RunState state() {
        return state;
    }

    Path logs() {
        return logs;
    }

    Journal journal() {
        return journal;
    }

    Evidence evidence() {
        return evidence;
    }

    PacketCapture capture() {
        return capture;
    }

    FirstlightServer server() {
        return server.orElseThrow(() -> new LabFailure("Firstlight does not run on this LAN"));
    }

    /** What an engine said at the end of its work: told once more at the end of the scenario. */
    void keepSummary(String summary) {
        summaries.add(summary);
    }

    List<String> summaries() {
        return List.copyOf(summaries);
    }

    /** How much the server had logged when the last PC was switched on. */
    int logMark() {
        return logMark;
    }

    VirtualPc powerOn(PcSpec spec, Optional<DiskKind> disk) {
        PcSpec whole = disk.map(kind -> spec.with(FailingDiskScenarios.failing(this, spec, disk(spec, kind))))
                .orElse(spec)
                .withDrives(OtherDrives.of(this, spec));
        whole.disk().ifPresent(it -> disks.put(spec.name(), it));
        logMark = server.map(it -> it.log().length()).orElse(0);
        VirtualPc pc = new VirtualPc(lan, whole, logs.resolve(spec.name()), evidence);
        pcs.put(spec.name(), pc);
        return pc;
    }

    void powerOff(String name) {
        VirtualPc pc = pcs.remove(name);
        if (pc != null) {
            picture(pc, pc.folder().resolve("screen.png"));
            pc.close();
        }
    }

    /** Takes the current away from a PC in the middle of whatever it does. */
    void cutPower(String name) {
        pc(name).cutPower();
        pcs.remove(name);
    }

    /** What the last PC shows, or showed when it was switched off, as PNG in {@code file}. */
    void screenshot(Path file) {
        Optional<VirtualPc> on = lastPc();
        if (on.isPresent()) {
            picture(on.get(), file);
        } else if (lastPicture.isPresent()) {
            Shell.run("cp", lastPicture.get().toString(), file.toString());
        } else {
            journal.note("no picture: no PC was switched on");
        }
    }

    private void picture(VirtualPc pc, Path file) {
        try {
            pc.qmp().screenshot(file);
            lastPicture = Optional.of(file);
        } catch (LabFailure failure) {
            journal.note("no picture of " + pc.spec().name() + ": " + failure.getMessage());
        }
    }

    VirtualPc pc(String name) {
        VirtualPc pc = pcs.get(name);
        if (pc == null) {
            throw new LabFailure("no PC '" + name + "' is switched on");
        }
        return pc;
    }

    /** The name of a PC that the emulation failed. */
    Optional<String> pcWithoutTimer() {
        return pcs.values().stream()
                .filter(VirtualPc::lostItsTimer)
                .map(pc -> pc.spec().name())
                .findFirst();
    }

    Optional<VirtualPc> lastPc() {
        return pcs.values().stream().reduce((first, second) -> second);
    }

    /** The disk file of the PC {@code name}; it stays when the PC is switched off. */
    Path diskFile(String name) {
        return state.folder().resolve(name + ".disk");
    }

    /** The system disk of a make: built when it is asked for the first time. */
    Path systemDisk(DiskMake make) {
        Path gpt = SystemDisk.in(home.cache(), journal::note);
        return make == DiskMake.GPT ? gpt : OtherDisk.in(home.cache(), gpt, make);
    }

    private PcSpec.Disk disk(PcSpec spec, DiskKind kind) {
        Path file = diskFile(spec.name());
        return switch (kind) {
            case SYSTEM, SYSTEM_MBR, SYSTEM_4096, SYSTEM_IA32 -> overlay(systemDisk(kind.make()), file);
            case SYSTEM_LVM -> overlay(SystemDisk.onLvm(home.cache(), journal::note), file);
            case SYSTEM_LUKS -> overlay(SystemDisk.inLuks(home.cache(), journal::note), file);
            case SYSTEM_BTRFS -> overlay(SystemDisk.onBtrfs(home.cache(), journal::note), file);
            case XFS ->
                new PcSpec.Disk(
                        XfsDisk.make(file, state.folder().resolve("xfs")).file(), "raw");
            case LVM ->
                new PcSpec.Disk(
                        LvmDisk.make(file, state.folder().resolve("lvm")).file(), "raw");
            case F2FS ->
                new PcSpec.Disk(
                        F2fsDisk.make(file, state.folder().resolve("f2fs")).file(), "raw");
            case LUKS ->
                new PcSpec.Disk(
                        LuksDisk.make(file, state.folder().resolve("luks")).file(), "raw");
            case MADE -> new PcSpec.Disk(file, "raw");
            case AS_IT_WAS_LEFT ->
                Optional.ofNullable(disks.get(spec.name()))
                        .orElseThrow(() -> new LabFailure(spec.name() + " was never switched on with a disk"));
            case BLANK -> blank(file, DiskLayout.DISK_MIB);
            // QEMU takes an SD card only of a size that is a power of two.
            case BLANK_CARD -> blank(file, 2048);
            case BLANK_LARGER -> blank(file, DiskLayout.DISK_MIB + 300);
            case BLANK_SMALLER -> blank(file, DiskLayout.DISK_MIB - 300);
            case DATA -> new PcSpec.Disk(DataDisk.make(file, state.folder().resolve("data-disk")), "raw");
            case BLANK_DATA -> blank(file, DataPart.DISK_MIB);
            case BLANK_DATA_SMALLER -> blank(file, DataPart.DISK_MIB - 56);
            case TOO_SMALL -> {
                Shell.run("sh", "-c", SOMEBODYS_DATA + " > \"$1\"", "sh", file.toString());
                yield new PcSpec.Disk(file, "raw");
            }
        };
    }

    private static PcSpec.Disk overlay(Path base, Path file) {
        Shell.run("qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b", base.toString(), file.toString());
        return new PcSpec.Disk(file, "qcow2");
    }

    private static PcSpec.Disk blank(Path file, int mib) {
        Shell.run("truncate", "-s", mib + "M", file.toString());
        return new PcSpec.Disk(file, "raw");
    }

    /** The time of the sight that was seen last; {@link #keepTime} gives it a name for a later step to compare. */
    void sawAt(Duration time) {
        lastTime = time;
    }

    void keepTime(String name) {
        times.put(name, lastTime);
    }

    Duration time(String name) {
        Duration time = times.get(name);
        if (time == null) {
            throw new LabFailure("no time was taken of '" + name + "'");
        }
        return time;
    }

    /** The last things that were seen of the PC: what a failure shows. */
    String lastSeen(PcSpec pc, int mark, Instant poweredOn) {
        List<String> lines = new ArrayList<>();
        for (Seen seen : evidence.since(mark)) {
            boolean telling = seen instanceof Seen.Line
                    || seen instanceof Packet.Dhcp
                    || seen instanceof Packet.TftpRequest
                    || seen instanceof Packet.Http;
            if (telling && Sight.concerns(pc, seen)) {
                double at = Duration.between(poweredOn, seen.at()).toMillis() / 1000.0;
                lines.add(String.format(Locale.ROOT, "%6.1f s  %s", at, seen));
            }
        }
        int from = Math.max(0, lines.size() - 12);
        return lines.isEmpty() ? "nothing at all of this PC" : String.join("\n", lines.subList(from, lines.size()));
    }

    /**
     * What the PC shows, as a picture beside the logs and, where it is text, as text: firmware, boot loader and an early
     * kernel say nothing on the serial line.
     */
    String lastScreen(VirtualPc pc) {
        if (!pc.isOn()) {
            return "";
        }
        try {
            Path picture = logs.resolve("failure.png");
            pc.qmp().screenshot(picture);
            String text = pc.spec().firmware() == PcSpec.Firmware.BIOS
                    ? pc.textScreen().text()
                    : "";
            return "\nscreen: " + picture
                    + (text.isEmpty() ? "" : "\n" + text.indent(2).stripTrailing());
        } catch (LabFailure failure) {
            return "\nscreen: no picture: " + failure.getMessage();
        }
    }

    /** Leaves LAN, servers and PCs running for a person to look at. */
    void leave() {
        left = true;
        LogFolder.keep(logs, state.id());
        state.leave();
    }

    @Override
    public void close() {
        if (left) {
            return;
        }
        try (state) { // what could not be ended by itself is swept away
            try (capture) {
                pcs.values().forEach(VirtualPc::close);
                server.ifPresent(FirstlightServer::close);
            }
            if (capture.dropped() > 0) {
                journal.note("tcpdump dropped " + capture.dropped() + " packets, of which nothing was seen");
            }
        }
    }

    /** A folder for logs, emptied of what an earlier run left. */
    static Path freshFolder(Path folder) {
        try {
            if (Files.exists(folder)) {
                Shell.run("rm", "-rf", "--one-file-system", folder.toString());
            }
            return Files.createDirectories(folder);
        } catch (IOException failure) {
            throw new LabFailure("cannot make " + folder + ": " + failure.getMessage(), failure);
        }
    }
}
