package firstlight.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BootMediumTest {
    @TempDir
    Path boot;

    @Test
    void thePrebootClientAsksTheServerThatIsNamed() {
        assertThat(medium(Optional.of("http://10.0.0.1:8080"), Optional.empty()).script())
                .startsWith("#!ipxe\n")
                .contains(
                        "\ndhcp || goto failed\nchain --replace --autofree http://10.0.0.1:8080/boot.ipxe || goto failed\n");
    }

    @Test
    void aFolderThatIsNotThereIsNamedBeforeAnythingIsMade() {
        Path folder = boot.resolve("absent");
        assertThatThrownBy(() -> medium(Optional.empty(), Optional.empty()).write(folder.resolve("medium.iso")))
                .isInstanceOf(BuildFailedException.class)
                .hasMessage("there is no folder " + folder);
    }

    /** A server's answer that sends the PC to its menu or its disk names no file. */
    @Test
    void withoutAServerItDoesWhatTheNetworkAnswers() {
        assertThat(medium(Optional.empty(), Optional.empty()).script()).contains("""
                dhcp || goto failed
                isset ${proxydhcp/dhcp-server} || goto alone
                isset ${proxydhcp/filename} && goto named ||
                iseq ${platform} efi && exit 1 ||
                autoboot netX || goto failed
                exit
                :named
                chain --replace --autofree ${proxydhcp/filename} ||
                :alone
                isset ${filename} || goto failed
                autoboot netX || goto failed
                exit
                :failed
                """);
    }

    @Test
    void aFixedAddressTakesThePlaceOfDhcp() {
        BootMedium.StaticAddress fixed = new BootMedium.StaticAddress("10.0.0.9", "255.255.255.0", "10.0.0.254");

        assertThat(medium(Optional.of("http://10.0.0.1:8080"), Optional.of(fixed))
                        .script())
                .doesNotContain("dhcp")
                .contains(
                        "ifopen net0\nset net0/ip 10.0.0.9\nset net0/netmask 255.255.255.0\nset net0/gateway 10.0.0.254\n");
    }

    @Test
    void theUpdatesAreLoadedWhereThereAreAny() throws Exception {
        BootMedium medium = medium(Optional.empty(), Optional.empty());
        assertThat(medium.menu()).contains("initrd /firstlight/initramfs.zst\n").contains("firstlight.alone=1");

        Files.createDirectories(boot.resolve("environment"));
        Files.writeString(boot.resolve("environment/updates.cpio.zst"), "x");
        assertThat(medium.menu()).contains("initrd /firstlight/initramfs.zst /firstlight/updates.cpio.zst\n");
    }

    @Test
    void theEnvironmentOnTheMediumAsksTheServerThatIsNamed() {
        BootMedium.StaticAddress fixed = new BootMedium.StaticAddress("10.0.0.9", "255.255.255.0", "10.0.0.254");
        String menu =
                medium(Optional.of("http://10.0.0.1:8080"), Optional.of(fixed)).menu();

        assertThat(menu)
                .contains("\nset default=environment\n")
                .contains(
                        "--id environment {\n  linux /firstlight/vmlinuz firstlight.ask=http://10.0.0.1:8080 firstlight.pin=sha256:ab12"
                                + " firstlight.address=10.0.0.9 firstlight.netmask=255.255.255.0 firstlight.gateway=10.0.0.254 ")
                .contains("\nmenuentry \"Firstlight: imaging environment, a prompt (img)\" --id prompt {\n")
                .contains("firstlight.alone=1 firstlight.ask=http://10.0.0.1:8080 firstlight.pin=sha256:ab12 ");
        assertThat(medium(Optional.empty(), Optional.empty()).menu()).doesNotContain("firstlight.ask");
        assertThat(menu.lines().filter(line -> line.startsWith("  linux /firstlight/vmlinuz ")))
                .hasSize(2)
                .as("a kernel that panics before its own start says so itself")
                .allSatisfy(line -> assertThat(line).contains(" panic=60 "));
    }

    @Test
    void theEnvironmentStandsInForThePrebootClientThatNobodySignedOrThatUefiOf32BitsHasNot() {
        assertThat(medium(Optional.of("http://10.0.0.1:8080"), Optional.empty()).menu())
                .contains(
                        "if [ \"$lockdown\" = y -o \"$grub_cpu-$grub_platform\" = i386-efi ]; then\n  if [ \"$default\" = network ]; then\n    set default=environment\n");
        assertThat(medium(Optional.empty(), Optional.empty()).menu())
                .contains("if [ \"$default\" = network ]; then\n    set default=prompt\n");
    }

    @Test
    void theSignedGrubFindsTheMediumByItsMark() {
        assertThat(EfiStart.config("/firstlight/medium-1"))
                .startsWith("search --no-floppy --set=root --file /firstlight/medium-1\n");
    }

    private BootMedium medium(Optional<String> server, Optional<BootMedium.StaticAddress> address) {
        return new BootMedium(
                boot,
                new BootMedium.Settings(
                        server, server.map(_ -> "ab12"), address, "quiet", 5, BootMedium.Start.ENVIRONMENT));
    }
}
