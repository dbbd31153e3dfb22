package firstlight.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A DHCP server of somebody else's, running on the LAN. */
final class ForeignDhcp {
    private ForeignDhcp() {}

    /**
     * On Firstlight's own host it is told what {@code firstlight dhcp-config}
     * says; a separate one is told nothing. Returns when it serves.
     */
    static Process start(Home home, Lan lan, Path folder, DhcpSoftware software) {
        String moreLines = lan.topology() == Lan.Topology.SAME_HOST ? home.dhcpConfig(software) : "";
        return start(lan, folder, software, home.cache(), moreLines);
    }

    /** @param moreLines of its configuration */
    static Process start(Lan lan, Path folder, DhcpSoftware software, Path cache, String moreLines) {
        try {
            Path log = folder.resolve(software.text() + ".log");
            Process process = lan.state()
                    .started(
                            new ProcessBuilder(Shell.inside(lan.dhcpSide(), software.command(cache, folder, moreLines)))
                                    .redirectErrorStream(true)
                                    .redirectOutput(log.toFile())
                                    .start());
            Wait.until(software.text() + " to start (see " + log + ")", 20, () -> {
                if (!process.isAlive()) {
                    throw new LabFailure(
                            software.text() + " ended: " + Files.readString(log).strip());
                }
                return Files.readString(log).contains(software.ready());
            });
            return process;
        } catch (IOException failure) {
            throw new LabFailure("cannot start " + software.text() + ": " + failure.getMessage(), failure);
        }
    }
}
