package firstlight.lab;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.lab.PcSpec.Disk;
import firstlight.lab.PcSpec.Firmware;
import firstlight.lab.PcSpec.Nic;
import firstlight.lab.PcSpec.Trait;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class PcSpecTest {
    private static final Path FOLDER = Path.of("/lab/pc1");
    private static final Path SOCKETS = Path.of("/run/pc1");
    private static final PcSpec.Ovmf OVMF = new PcSpec.Ovmf(Path.of("/ovmf"));

    private static String command(PcSpec spec) {
        return String.join(" ", spec.command(FOLDER, SOCKETS, OVMF));
    }

    /** A socket's path has 107 octets at most (unix(7)), which a log's may have more than. */
    @Test
    void itsSocketsAreNotWhereItsLogsAre() {
        assertThat(command(PcSpec.of("pc1", 1, Firmware.BIOS)))
                .contains("path=/run/pc1/serial,", "unix:/run/pc1/qmp,", "logfile=/lab/pc1/console.log ");
    }

    @Test
    void aCommaInAPathIsNoEndOfIt() {
        PcSpec pc = PcSpec.of("pc1", 1, Firmware.UEFI).with(new Disk(Path.of("/my,d.raw"), "raw"));
        assertThat(String.join(" ", pc.command(Path.of("/a,b"), SOCKETS, OVMF)))
                .contains("logfile=/a,,b/console.log ", "file=/a,,b/vars.fd ", "file=/my,,d.raw,format=raw,");
    }

    @Test
    void twoPcsShareNoIdentity() {
        PcSpec one = PcSpec.of("one", 1, Firmware.BIOS);
        PcSpec two = PcSpec.of("two", 2, Firmware.BIOS);
        assertThat(one.mac()).isNotEqualTo(two.mac());
        assertThat(one.uuid()).isNotEqualTo(two.uuid());
        assertThat(one.tap()).isNotEqualTo(two.tap());
    }

    @Test
    void theNetworkComesFirstAndTheDiskSecond() {
        String command = command(PcSpec.of("pc1", 1, Firmware.BIOS).with(new Disk(Path.of("/d.raw"), "raw")));
        assertThat(command)
                .contains("netdev=n0,mac=52:54:00:f1:00:01,bootindex=0")
                .contains("drive=d0,bootindex=1");
    }

    @Test
    void aSlowDiskIsHeldBackByQemuAndOthersAreNot() {
        PcSpec pc = PcSpec.of("pc1", 1, Firmware.BIOS).with(new Disk(Path.of("/d.raw"), "raw"));
        assertThat(command(pc)).doesNotContain("throttling");
        assertThat(command(pc.with(Trait.SLOW_DISK))).contains("detect-zeroes=unmap,throttling.bps-total=4194304 ");
    }

    @Test
    void aDiskThatCanBePulledOutHangsOnAPortOfItsOwn() {
        PcSpec pc = PcSpec.of("pc1", 1, Firmware.BIOS).with(new Disk(Path.of("/d.raw"), "raw"));
        assertThat(command(pc.with(PcSpec.DiskDevice.NVME_TO_PULL)))
                .contains("-device pcie-root-port,id=port0,chassis=1,slot=1 -device nvme,bus=port0,id=disk,drive=d0");
    }

    @Test
    void anUefiPcWithVirtioBootsThroughEdk2ItselfAndHasVariablesOfItsOwn() {
        String command = command(PcSpec.of("pc1", 1, Firmware.UEFI));
        assertThat(command)
                .contains(",romfile= ")
                .contains("unit=1,file=/lab/pc1/vars.fd")
                .contains("readonly=on,file=/ovmf/OVMF_CODE_4M.fd");
    }

    @Test
    void aBiosPcBootsThroughTheRomOfItsCard() {
        String command = command(PcSpec.of("pc1", 1, Firmware.BIOS).with(Nic.E1000));
        assertThat(command)
                .contains("-device e1000,netdev=n0")
                .doesNotContain("romfile")
                .doesNotContain("pflash");
    }

    @Test
    void guestsAreEmulatedSinceAKvmDeviceThatOpensSaysNothing() {
        assertThat(command(PcSpec.of("pc1", 1, Firmware.UEFI))).contains("-accel tcg,thread=multi");
    }

    @Test
    void aPcWithSecureBootHasTheFirmwareThatGuardsItsVariables() {
        assertThat(command(PcSpec.of("pc1", 1, Firmware.UEFI).with(Trait.SECURE_BOOT)))
                .contains("file=/ovmf/OVMF_CODE_4M.ms.fd")
                .contains("q35,smm=on")
                .contains("property=secure,value=on");
    }

    @Test
    void aPcThatBootsByHttpHasItsPxeSwitchedOff() {
        assertThat(command(PcSpec.of("pc1", 1, Firmware.UEFI).with(Trait.HTTP_BOOT)))
                .contains("IPv4PXESupport,string=n");
    }

    @Test
    void anUefiPcWithIpxeOnItsCardKeepsTheRom() {
        assertThat(command(PcSpec.of("pc1", 1, Firmware.UEFI).with(Trait.IPXE_ON_CARD)))
                .doesNotContain("romfile");
    }

    @Test
    void anArm64PcHasFirmwareAndMachineOfItsOwn() {
        assertThat(command(PcSpec.of("pc1", 1, Firmware.UEFI).with(Trait.ARM64)))
                .startsWith("qemu-system-aarch64 ")
                .contains("-machine virt ", "file=/AAVMF/AAVMF_CODE.fd")
                .doesNotContain("-vga");
    }

    @Test
    void aPcWithUefiOf32BitsHasAProcessorOf64() {
        assertThat(command(PcSpec.of("pc1", 1, Firmware.UEFI).with(Trait.IA32)))
                .startsWith("qemu-system-x86_64 ")
                .contains("file=/ovmf/OVMF32_CODE_4M.secboot.fd", "q35,smm=on", "property=secure,value=on");
    }

    @Test
    void aChangedCardIsAnotherMacInTheSamePc() {
        PcSpec before = PcSpec.of("pc1", 1, Firmware.BIOS);
        PcSpec after = before.with(Trait.CHANGED_CARD);
        assertThat(after.mac()).isNotEqualTo(before.mac());
        assertThat(after.uuid()).isEqualTo(before.uuid());
    }
}
