package firstlight.lab;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.lab.Packet.Dhcp;
import firstlight.lab.Packet.End;
import firstlight.lab.PcSpec.Firmware;
import firstlight.model.MacAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PacketReaderTest {
    private static final MacAddress PC = PcSpec.of("pc1", 1, Firmware.BIOS).mac();
    private static final MacAddress SERVER = MacAddress.parse("02:00:00:00:00:01");
    private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);

    private static Packet read(byte[] frame) {
        return PacketReader.read(NOW, ByteBuffer.wrap(frame));
    }

    @Test
    void aDiscoverShowsItsVendorClassAndItsHardwareAddress() {
        byte[] frame = Frames.udp(
                PC,
                SERVER,
                "0.0.0.0",
                68,
                "255.255.255.255",
                67,
                Frames.dhcp(1, PC, "0.0.0.0", "", Frames.option(53, 1), Frames.option(60, "PXEClient:Arch:00000")));
        assertThat(read(frame)).isInstanceOfSatisfying(Dhcp.class, dhcp -> {
            assertThat(dhcp.type()).isEqualTo(Dhcp.DISCOVER);
            assertThat(dhcp.isPxe()).isTrue();
            assertThat(dhcp.client()).isEqualTo(PC);
            assertThat(dhcp.source()).isEqualTo(new End("0.0.0.0", 68));
            assertThat(dhcp.reply()).isFalse();
        });
    }

    @Test
    void theBootFileIsReadFromTheHeaderAndElseFromOption67() {
        byte[] inHeader = Frames.dhcp(2, PC, "0.0.0.0", "ipxe/undionly.kpxe", Frames.option(53, 2));
        byte[] inOption = Frames.dhcp(2, PC, "0.0.0.0", "", Frames.option(53, 2), Frames.option(67, "a.efi\0"));
        assertThat(((Dhcp) read(Frames.udp(SERVER, PC, Lan.SERVER, 67, "10.77.0.9", 68, inHeader))).bootFile())
                .isEqualTo("ipxe/undionly.kpxe");
        assertThat(((Dhcp) read(Frames.udp(SERVER, PC, Lan.SERVER, 67, "10.77.0.9", 68, inOption))).bootFile())
                .isEqualTo("a.efi");
    }

    @Test
    void aTftpRequestShowsFileAndOptions() {
        byte[] request = "\0\1environment/vmlinuz\0octet\0blksize\0001408\0".getBytes(StandardCharsets.ISO_8859_1);
        assertThat(read(Frames.udp(PC, SERVER, "10.77.0.9", 2070, Lan.SERVER, 69, request)))
                .isInstanceOfSatisfying(Packet.TftpRequest.class, it -> {
                    assertThat(it.file()).isEqualTo("environment/vmlinuz");
                    assertThat(it.options()).isEqualTo("octet blksize 1408");
                });
    }

    @Test
    void theLengthOfATftpBlockIsTheOneOfTheHeaderEvenWhenTheCaptureCutItShort() {
        byte[] block = new byte[4 + 1408];
        block[1] = 3;
        block[3] = 7;
        byte[] whole = Frames.udp(SERVER, PC, Lan.SERVER, 40_000, "10.77.0.9", 2070, block);
        Packet packet = read(Arrays.copyOf(whole, 200));
        assertThat(packet).isInstanceOfSatisfying(Packet.Tftp.class, it -> {
            assertThat(it.number()).isEqualTo(7);
            assertThat(it.length()).isEqualTo(1408);
        });
    }

    @Test
    void anHttpRequestShowsItsPath() {
        byte[] segment = Frames.tcp(
                PC, SERVER, "10.77.0.9", 40_000, Lan.SERVER, 8080, "GET /preboot?mac=1 HTTP/1.1\r\nHost: x\r\n\r\n");
        assertThat(read(segment)).isInstanceOfSatisfying(Packet.Http.class, http -> {
            assertThat(http.isRequest()).isTrue();
            assertThat(http.path()).isEqualTo("/preboot?mac=1");
        });
    }

    @Test
    void everyPrefixOfAFrameIsReadWithoutAnError() {
        byte[] frame = Frames.udp(
                PC,
                SERVER,
                "0.0.0.0",
                68,
                "255.255.255.255",
                67,
                Frames.dhcp(1, PC, "0.0.0.0", "", Frames.option(53, 1)));
        for (int length = 14; length < frame.length; length++) {
            assertThat(read(Arrays.copyOf(frame, length)).from()).isEqualTo(PC);
        }
    }

    @Test
    void aFrameThatEndsInItsAddressesIsJustAnother() {
        assertThat(read(new byte[11])).isInstanceOf(Packet.Other.class);
        assertThat(read(new byte[0])).isInstanceOf(Packet.Other.class);
    }
}
