package firstlight.lab;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Optional;

/** {@code lab up}: a LAN with Firstlight on it that stays, for PCs and DHCP servers that are attached by hand. */
final class LabUp {
    private final Home home;
    private final PrintStream terminal;

    LabUp(Home home, PrintStream terminal) {
        this.home = home;
        this.terminal = terminal;
    }

    void up(Lan.Topology topology, Optional<DhcpSoftware> foreignDhcp) {
        home.prepare(terminal);
        RunState state = RunState.open();
        try (state) {
            Path logs = Stage.freshFolder(state.folder().resolve("logs"));
            Lan lan = Lan.create(state, topology);
            foreignDhcp.ifPresent(software -> ForeignDhcp.start(home, lan, logs, software));
            FirstlightServer server = FirstlightServer.start(home, lan, logs, Actions.CONFIGURATION);
            state.leave();
            tell(lan, logs, server, foreignDhcp);
        }
    }

    private void tell(Lan lan, Path logs, FirstlightServer server, Optional<DhcpSoftware> foreignDhcp) {
        String sudo = System.getenv("SUDO_USER") == null ? "" : "sudo "; // whoever got here by it needs it again
        String dhcp = foreignDhcp.isPresent()
                ? foreignDhcp.get().text() + " at " + lan.dhcpAddress() + ", in namespace " + lan.dhcpSide()
                : "none; start yours on eth0 (" + lan.dhcpAddress() + "/24): " + sudo + "ip netns exec "
                        + lan.dhcpSide() + " COMMAND";
        String hint = foreignDhcp.isEmpty() && lan.topology() == Lan.Topology.SAME_HOST
                ? "\n             it needs no line for Firstlight; './firstlight dhcp-config kea|isc|dnsmasq' prints those for port 4011"
                : "";
        terminal.printf(
                """
                A LAN with Firstlight is up: %1$s
                  Firstlight %2$s, in namespace %3$s; its data: %4$s
                  DHCP       %5$s%6$s
                  bridge     %7$s in namespace %8$s
                  logs       %9$s

                Tell Firstlight what to do:
                  %11$sip netns exec %3$s ./firstlight device list --data %4$s
                  %11$sip netns exec %3$s ./firstlight work capture 52:54:00:aa:bb:01 my-image --data %4$s

                Attach a virtual PC (BIOS; its console is this terminal, Ctrl-A X switches it off):
                  truncate -s 8G disk.raw
                  %10$sip -n %8$s tuntap add tap99 mode tap && %10$sip -n %8$s link set tap99 master %7$s up
                  %10$sip netns exec %8$s qemu-system-x86_64 -accel tcg -cpu max -smp 2 -m 1024 -M q35 -nographic \\
                    -netdev tap,id=n0,ifname=tap99,script=no,downscript=no \\
                    -device virtio-net-pci,netdev=n0,mac=52:54:00:aa:bb:01,bootindex=0 \\
                    -drive if=virtio,format=raw,file=disk.raw
                Attach a network card of this host (a switch with real PCs behind it): %10$sip link set CARD netns %8$s
                  && %10$sip -n %8$s link set CARD master %7$s up
                Watch it: %10$sip netns exec %8$s tcpdump -ni %7$s
                Take it all away: ./firstlight lab down
                """,
                lan.state().id(),
                Lan.SERVER,
                lan.serverSide(),
                server.data(),
                dhcp,
                hint,
                Lan.BRIDGE,
                lan.wire(),
                logs,
                sudo,
                sudo.isEmpty() ? "" : sudo + withJava(System.getProperty("java.home")));
    }

    /** sudo takes JAVA_HOME away, and the PATH that a JDK of the user's is on. */
    static String withJava(String home) {
        return "FIRSTLIGHT_JAVA_HOME=" + UnpackedProgram.quoted(home) + " ";
    }
}
