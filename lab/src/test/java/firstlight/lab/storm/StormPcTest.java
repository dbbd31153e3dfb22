package firstlight.lab.storm;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.wire.dhcp.DhcpOption.ClientMachineIdentifier;
import java.net.URI;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class StormPcTest {
    @Test
    void aPcShowsTheSameUuidInItsPacketsAndInItsFacts() {
        StormPc.Hardware pc = new StormPc.Hardware(299, false);

        assertThat(new ClientMachineIdentifier(0, pc.uuidOnTheWire()).uuid()).contains(UUID.fromString(pc.uuid()));
        assertThat(pc.mac()).hasToString("52:54:00:77:01:2b");
    }

    @Test
    void anEngineFindsItsServerInTheScript() {
        String script = """
                #!ipxe
                kernel http://10.77.0.1:8080/vmlinuz initrd=initrd.magic quiet firstlight.server=https://10.77.0.1:8443 \
                firstlight.token=abc firstlight.pin=sha256:00ff firstlight.mac=52:54:00:77:00:00 || goto failed
                """;

        assertThat(CommandLine.in(script))
                .contains(new CommandLine(URI.create("https://10.77.0.1:8443"), "abc", "sha256:00ff"));
        assertThat(CommandLine.in("#!ipxe\ngoto local\n")).isEmpty();
    }
}
