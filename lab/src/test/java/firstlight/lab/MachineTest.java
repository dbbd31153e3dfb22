package firstlight.lab;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.lab.PcSpec.Disk;
import firstlight.lab.PcSpec.Firmware;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MachineTest {
    private static String command(Machine machine, Firmware firmware) {
        PcSpec pc = PcSpec.of("pc1", 1, firmware).with(machine).with(new Disk(Path.of("/d.raw"), "raw"));
        return String.join(
                " ", pc.command(Path.of("/lab/pc1"), Path.of("/run/pc1"), new PcSpec.Ovmf(Path.of("/ovmf"))));
    }

    private static Machine of(List<String> card, List<String> disk) {
        return new Machine("pc", "qemu64", 8, 512, Optional.of("1970-01-01T00:00:00"), card, disk, List.of());
    }

    @Test
    void aScsiDiskHangsOnTheControllerThatWasNamed() {
        assertThat(command(of(List.of(), Machine.disk("lsi53c895a")), Firmware.BIOS))
                .contains("-device lsi53c895a,id=hba -device scsi-hd,bus=hba.0,drive=d0,bootindex=1,serial=DISK-pc1 ")
                .doesNotContain("virtio-blk");
    }

    @Test
    void aMemoryCardHasNoSerialNumberAndNoPlaceInTheBootOrder() {
        assertThat(command(of(List.of(), Machine.disk("sd")), Firmware.BIOS))
                .contains("-device sdhci-pci -device sd-card,drive=d0 ");
    }

    @Test
    void aCardBehindABridgeIsStillTheOneThatBoots() {
        assertThat(command(of(Machine.card("e1000", true), List.of()), Firmware.BIOS))
                .contains("-device pci-bridge,id=bridge,chassis_nr=7 -device e1000,bus=bridge,addr=1,netdev=n0,"
                        + "mac=52:54:00:f1:00:01,bootindex=0 ");
    }

    @Test
    void anotherCardComesFirstAndHasALinkToNobody() {
        assertThat(command(of(List.of(), List.of()).withOtherCard("e1000"), Firmware.BIOS))
                .contains("-netdev hubport,id=other,hubid=7 ")
                .containsSubsequence("-device e1000,netdev=other", "-device virtio-net-pci,netdev=n0");
    }

    @Test
    void aDiskCanBeWithoutASerialNumber() {
        assertThat(command(of(List.of(), List.of()).withoutSerial(), Firmware.BIOS))
                .contains("-device virtio-blk-pci,drive=d0,bootindex=1 ")
                .doesNotContain("serial=DISK");
    }

    @Test
    void anUefiPcWithACardOfItsOwnBootsThroughTheRomOnIt() {
        assertThat(command(of(Machine.card("pcnet", false), List.of()), Firmware.UEFI))
                .doesNotContain("romfile=");
        assertThat(command(of(List.of(), List.of()), Firmware.UEFI)).contains("romfile=");
    }

    @Test
    void boardProcessorMemoryAndClockAreTheOnesThatWereNamed() {
        assertThat(command(of(List.of(), List.of()), Firmware.BIOS))
                .contains("-cpu qemu64 -smp 8 -m 512 -rtc base=1970-01-01T00:00:00 ", "-machine pc ");
    }
}
