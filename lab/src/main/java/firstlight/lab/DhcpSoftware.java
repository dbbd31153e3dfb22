package firstlight.lab;

import firstlight.server.operator.OperatorError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** DHCP servers of somebody else's that the lab can put on its LAN; none knows a word of PXE but what an operator adds. */
enum DhcpSoftware {
    DNSMASQ("dnsmasq-base", "dnsmasq", "sockets bound exclusively"),
    KEA("kea-dhcp4-server", "usr/sbin/kea-dhcp4", "DHCP4_STARTED"),
    ISC("isc-dhcp-server", "usr/sbin/dhcpd", "Server starting service");

    private final String debianPackage;
    private final String program;
    private final String ready;

    /**
     * @param program its path in the package, or its name where it is installed with the lab
     * @param ready words that it prints when it has its sockets
     */
    DhcpSoftware(String debianPackage, String program, String ready) {
        this.debianPackage = debianPackage;
        this.program = program;
        this.ready = ready;
    }

    /** As on the command line, and as {@code firstlight dhcp-config} calls it. */
    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<DhcpSoftware> named(String text) {
        return Arrays.stream(values()).filter(each -> each.text().equals(text)).findFirst();
    }

    /** What it logs when it serves. */
    String ready() {
        return ready;
    }

    /**
     * The program's file. Kea and dhcpd are unpacked and not installed: their packages would start a DHCP server on this host's real
     * network at its next boot.
     */
    private String program(Path cache) {
        if (this == DNSMASQ) {
            return program;
        }
        try {
            return UnpackedProgram.of(cache.resolve("lab/dhcp").resolve(text()), debianPackage, program)
                    .toString();
        } catch (OperatorError missing) {
            throw new LabFailure(String.valueOf(missing.getMessage()), missing);
        }
    }

    /**
     * The command line, after its configuration was written to {@code folder}. Each stays in the foreground, so that its process
     * is the one that is written down to be ended.
     *
     * @param folder for its configuration and leases, of this run alone
     * @param moreLines of its configuration; empty for a server that was told nothing of Firstlight
     */
    List<String> command(Path cache, Path folder, String moreLines) throws IOException {
        Path config = Files.writeString(folder.resolve(text() + ".conf"), config(folder, moreLines));
        return switch (this) {
            case DNSMASQ -> List.of(program(cache), "--keep-in-foreground", "--conf-file=" + config, "--pid-file=");
            case KEA ->
                List.of(
                        // Else it writes both below /var, where a Kea of this host's own, or of another run, has its.
                        "env",
                        "KEA_PIDFILE_DIR=" + folder,
                        "KEA_LOCKFILE_DIR=" + folder,
                        program(cache),
                        "-c",
                        config.toString());
            case ISC -> {
                // dhcpd does not start without the file, and does not make it.
                Path leases = Files.writeString(folder.resolve("leases"), "");
                yield List.of(
                        program(cache),
                        "-f",
                        "-d",
                        "-4",
                        "--no-pid",
                        "-cf",
                        config.toString(),
                        "-lf",
                        leases.toString(),
                        "eth0");
            }
        };
    }

    String config(Path folder, String moreLines) {
        return switch (this) {
            // no-ping: the server would spend seconds of every boot on asking whether an address of this LAN is free
            case DNSMASQ -> """
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
                    """.formatted(folder.resolve("leases")) + moreLines;
            case KEA -> """
                    { "Dhcp4": {
                        "interfaces-config": { "interfaces": [ "eth0" ] },
                        "lease-database": { "type": "memfile", "persist": false },
                        "valid-lifetime": 3600,
                        "subnet4": [ { "id": 1, "subnet": "10.77.0.0/24", "pools": [ { "pool": "10.77.0.100 - 10.77.0.199" } ] } ],
                        %s
                        "loggers": [ { "name": "kea-dhcp4", "severity": "INFO", "output_options": [ { "output": "stdout" } ] } ]
                    } }
                    """.formatted(moreLines.isBlank() ? "" : moreLines.stripTrailing() + ",");
            case ISC -> moreLines + """
                    authoritative;
                    ping-check false;
                    subnet 10.77.0.0 netmask 255.255.255.0 {
                      range 10.77.0.100 10.77.0.199;
                      default-lease-time 3600;
                    }
                    """;
        };
    }
}
