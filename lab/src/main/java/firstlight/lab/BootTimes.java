package firstlight.lab;

import firstlight.lab.PcSpec.Firmware;
import firstlight.lab.Step.DiskKind;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times of virtual PCs' boots in seconds, each on a LAN of its own: what the boot benchmark measures with QEMU. */
public final class BootTimes {
    /** For one sight, on a machine with other work: a boot takes minutes under TCG. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    /** The engine's own line on the console; seconds of the PC's clock. */
    private static final Pattern KERNEL_TIME =
            Pattern.compile("asking .* for work, ([0-9.]+) s after the kernel's start");
    /** By whatever is asked first: an iPXE in ROM asks for a script, one from TFTP for autoexec.ipxe. */
    private static final Sight PREBOOT_REQUEST = Sight.requestFor("autoexec|boot\\.ipxe|/preboot");

    private final Home home;

    private BootTimes(Home home) {
        this.home = home;
    }

    /** Builds what the first PC would wait for. */
    public static BootTimes prepare() {
        Home home = Home.of(System.getenv());
        home.prepare(System.out);
        return new BootTimes(home);
    }

    /**
     * A boot with work, in seconds. {@code powerOn}: from power-on to the engine's connection, by this host's clock; {@code
     * kernel}: from the kernel's start to the engine's question, by the PC's own clock, NaN when its line tells none.
     */
    public record Question(double powerOn, double kernel) {}

    public long initramfsOctets() {
        return BaseWeight.of(home).octets();
    }

    /** From power-on to the login of the PC's own system, without work; {@code served}: beside Firstlight. */
    public double localLogin(boolean uefi, boolean served) {
        return onStage(stage -> {
            stage.startForeignDhcp();
            if (served) {
                stage.startFirstlight(configuration("menu: {shown: never}"));
            }
            VirtualPc pc = stage.powerOn(spec(uefi), Optional.of(DiskKind.SYSTEM));
            Seen login = await(stage, pc, Sight.console("^" + SystemDisk.COMPUTER_NAME + " login:"), "the login");
            return seconds(pc.poweredOn(), login.at());
        });
    }

    /**
     * From the last DHCPACK before it to the preboot client's first request; {@code helped}: by router advertisements. The last
     * one, since firmware and preboot client each ask for an address.
     */
    public double firstRequest(boolean uefi, boolean helped) {
        return onStage(stage -> {
            stage.startForeignDhcp();
            stage.startFirstlight(configuration("menu: {shown: never}", "router-advertisements: " + helped));
            stage.server().cli("work", "inventory", spec(uefi).mac().toString());
            VirtualPc pc = stage.powerOn(spec(uefi), Optional.of(DiskKind.BLANK));
            Seen request = await(stage, pc, PREBOOT_REQUEST, "the preboot client's first request");
            Instant ack = stage.evidence().since(0).stream()
                    .filter(seen -> seen instanceof Packet.Dhcp dhcp
                            && dhcp.reply()
                            && dhcp.type() == Packet.Dhcp.ACK
                            && dhcp.client().equals(pc.spec().mac())
                            && dhcp.at().isBefore(request.at()))
                    .map(Seen::at)
                    .max(Instant::compareTo)
                    .orElseThrow(() -> new LabFailure("no DHCPACK was seen before the preboot client's first request"));
            return seconds(ack, request.at());
        });
    }

    /** From power-on to the engine's question, with work. */
    public Question question(boolean uefi) {
        return onStage(stage -> {
            stage.startForeignDhcp();
            stage.startFirstlight(configuration("menu: {shown: never}"));
            stage.server().cli("work", "inventory", spec(uefi).mac().toString());
            VirtualPc pc = stage.powerOn(spec(uefi), Optional.of(DiskKind.BLANK));
            Seen asked = await(stage, pc, Sight.connectionTo(8443), "the engine's question");
            Seen line = await(stage, pc, Sight.console(KERNEL_TIME.pattern()), "the engine's line about its question");
            Matcher matcher = KERNEL_TIME.matcher(line.toString());
            double kernel = matcher.find() ? Double.parseDouble(matcher.group(1)) : Double.NaN;
            return new Question(seconds(pc.poweredOn(), asked.at()), kernel);
        });
    }

    private static String configuration(String... settings) {
        return Actions.CONFIGURATION + String.join("\n", settings);
    }

    private static PcSpec spec(boolean uefi) {
        return PcSpec.of("pc1", 1, uefi ? Firmware.UEFI : Firmware.BIOS);
    }

    private static Seen await(Stage stage, VirtualPc pc, Sight sight, String what) {
        return stage.evidence()
                .await(0, seen -> sight.is(pc.spec(), seen), PATIENCE, pc::goesOn)
                .orElseThrow(() -> new LabFailure("waited " + PATIENCE.toMinutes() + " minutes in vain for " + what
                        + "; last seen:\n" + stage.lastSeen(pc.spec(), 0, pc.poweredOn())));
    }

    private interface Measurement<T> {
        T on(Stage stage);
    }

    /** Each on an empty LAN: a server that knows the PC from an earlier run would answer otherwise. The logs of the last one stay. */
    private <T> T onStage(Measurement<T> measurement) {
        Path logs = Stage.freshFolder(home.scenarioLogs("bench-boot"));
        try (Journal journal = new Journal(
                        new PrintStream(OutputStream.nullOutputStream(), false), "", logs.resolve("journal.log"));
                Stage stage = new Stage(home, Lan.Topology.SEPARATE, DhcpSoftware.DNSMASQ, logs, journal)) {
            return measurement.on(stage);
        }
    }

    private static double seconds(Instant from, Instant to) {
        return Duration.between(from, to).toNanos() / 1e9;
    }
}
