package firstlight.server.cli;

import firstlight.model.Ipv4Address;
import firstlight.model.UefiClient;
import firstlight.netboot.dhcp.DhcpConfigLines;
import firstlight.server.operator.OperatorError;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code firstlight dhcp-config kea|isc|dnsmasq|windows}. */
@Command(
        name = "dhcp-config",
        description = {
            "Prints the lines with which a DHCP server on Firstlight's host sends PXE clients to port 4011. It works without them, wherever it is; "
                    + "on another host they would send PCs to where nobody answers. For windows: what to take out there."
        },
        footerHeading = "%nFor example:%n",
        footer = {"  firstlight dhcp-config kea", "  firstlight dhcp-config dnsmasq --http-boot --address 10.0.0.9"})
public final class DhcpConfigCommand implements Runnable {
    @Parameters(paramLabel = "SERVER", description = "kea, isc, dnsmasq or windows.")
    private String server = "";

    @Option(
            names = "--http-boot",
            description = {
                "Also the lines that give UEFI HTTP Boot its URL. Only for a DHCP server beside which Firstlight is not heard on port 67: "
                        + "such a PC always loads the boot program, also when it has no work."
            })
    private boolean httpBoot;

    @Option(
            names = "--address",
            paramLabel = "IP",
            description = "This host's address on the PCs' network, for --http-boot.")
    private @Nullable String address;

    @Option(
            names = "--uefi",
            paramLabel = "ipxe|grub",
            defaultValue = "ipxe",
            description =
                    "The preboot client, as in preboot-client.uefi, for --http-boot; with Secure Boot it is grub (default: "
                            + "${DEFAULT-VALUE}).")
    private String uefi = "ipxe";

    @Option(
            names = "--http-port",
            paramLabel = "PORT",
            defaultValue = "8080",
            description =
                    "Where this host serves boot files, for --http-boot: ports.http of the server's configuration (default: "
                            + "${DEFAULT-VALUE}).")
    private int httpPort;

    @Spec
    private CommandSpec spec = CommandSpec.create(); // picocli sets the real one

    @Override
    public void run() {
        Optional<DhcpConfigLines> lines = DhcpConfigLines.of(server);
        if (lines.isEmpty()) {
            throw new OperatorError(
                    "no lines are known for '" + server + "'",
                    "known are "
                            + Arrays.stream(DhcpConfigLines.values())
                                    .map(DhcpConfigLines::key)
                                    .collect(Collectors.joining(", ")));
        }
        Optional<String> text =
                httpBoot ? withHttpBoot(lines.get()) : Optional.of(lines.get().text());
        spec.commandLine()
                .getOut()
                .print(text.orElseThrow(() -> new OperatorError(
                        "no lines for UEFI HTTP Boot are known for '" + server + "'",
                        "leave out --http-boot; Firstlight answers such PCs on port 67")));
        spec.commandLine().getOut().flush();
    }

    private Optional<String> withHttpBoot(DhcpConfigLines lines) {
        if (address == null) {
            throw new OperatorError(
                    "--http-boot needs this host's address on the PCs' network", "name it with --address");
        }
        String known = known(address);
        if (httpPort < 1 || httpPort > 65_535) {
            throw new OperatorError(
                    "--http-port " + httpPort + " is no port",
                    "ports.http of the server's configuration, usually 8080");
        }
        UefiClient client = switch (uefi) {
            case "ipxe" -> UefiClient.IPXE;
            case "grub" -> UefiClient.GRUB;
            default ->
                throw new OperatorError("there is no preboot client '" + uefi + "' for UEFI", "it is ipxe or grub");
        };
        return lines.withHttpBoot(known, httpPort, client);
    }

    /** An address, no name: EDK2 passes over a URL with a name where it was told no DNS server. */
    private static String known(String address) {
        try {
            return Ipv4Address.parse(address).toString();
        } catch (IllegalArgumentException e) {
            throw new OperatorError("--address has '" + address + "', which is no address", "as 192.168.1.20", e);
        }
    }
}
