package firstlight.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** dnsmasq as a DHCP server of somebody else's: it leases addresses and knows nothing of PXE but what an operator adds. */
final class ForeignDhcp {
    private ForeignDhcp() {}

    /** {@code moreLines} are what {@code firstlight dhcp-config dnsmasq} told the operator to add; empty in most networks. */
    static Process start(Lan lan, Path folder, String moreLines) {
        try {
            Path config = Files.writeString(folder.resolve("dnsmasq.conf"), config(folder) + moreLines);
            Path log = folder.resolve("dnsmasq.log");
            Process process = lan.state()
                    .started(new ProcessBuilder(Shell.inside(
                                    lan.dhcpSide(),
                                    java.util.List.of(
                                            "dnsmasq", "--keep-in-foreground", "--conf-file=" + config, "--pid-file=")))
                            .redirectErrorStream(true)
                            .redirectOutput(log.toFile())
                            .start());
            Wait.until("dnsmasq to start (see " + log + ")", 10, () -> {
                if (!process.isAlive()) {
                    throw new LabFailure(
                            "dnsmasq ended: " + Files.readString(log).strip());
                }
                return Files.readString(log).contains("sockets bound exclusively");
            });
            return process;
        } catch (IOException failure) {
            throw new LabFailure("cannot start dnsmasq: " + failure.getMessage(), failure);
        }
    }

    private static String config(Path folder) {
        // no-ping: the server would spend seconds of every boot on asking whether an address of this empty LAN is free
        return """
                port=0
                interface=eth0
                except-interface=lo
                bind-interfaces
                dhcp-range=10.77.0.100,10.77.0.199,255.255.255.0,1h
                dhcp-leasefile=%s
                dhcp-authoritative
                no-ping
                log-dhcp
                log-facility=-
                user=root
                """.formatted(folder.resolve("leases"));
    }
}
