package firstlight.lab;

import static firstlight.lab.Lan.Topology.SEPARATE;

import firstlight.lab.PcSpec.DiskDevice;
import firstlight.lab.PcSpec.Firmware;
import firstlight.lab.PcSpec.Nic;
import firstlight.lab.PcSpec.Trait;
import firstlight.lab.Step.Act;
import firstlight.lab.Step.DiskKind;
import firstlight.lab.Step.Expect;
import firstlight.lab.Step.Never;
import firstlight.lab.Step.PowerOn;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Scenarios of other ways into the network boot, other cards and other disks. */
final class HardwareScenarios {
    private HardwareScenarios() {}

    static List<Scenario> all() {
        return List.of(
                secureBoot(),
                httpBoot(),
                secureHttpBoot().onlyByName(),
                ipxeOnCard().onlyByName(),
                otherHardware().onlyByName(),
                otherDisk(
                                "capture-restore-mbr",
                                "a disk with an MBR and logical partitions, onto a larger one, its partitions as they were",
                                Firmware.BIOS,
                                DiskDevice.VIRTIO,
                                DiskKind.SYSTEM_MBR,
                                DiskKind.BLANK_LARGER,
                                "--grow",
                                "none")
                        .onlyByName(),
                otherDisk(
                                "capture-restore-4096",
                                "a disk with sectors of 4096 octets",
                                Firmware.UEFI,
                                DiskDevice.VIRTIO_4096,
                                DiskKind.SYSTEM_4096,
                                DiskKind.BLANK)
                        .onlyByName());
    }

    /** Only what Microsoft or Debian signed is started: shim, GRUB and Debian's kernel. */
    private static Scenario secureBoot() {
        PcSpec pc = PcSpec.of("pc1", 1, Firmware.UEFI).with(Trait.SECURE_BOOT);
        List<Step> steps = new ArrayList<>();
        steps.add(Actions.startServers("menu: {shown: never}", "preboot-client: {uefi: grub}"));
        steps.add(Actions.assign(pc, "inventory"));
        steps.add(new PowerOn(pc, Optional.of(DiskKind.BLANK)));
        steps.addAll(Scenarios.phaseOne(SEPARATE));
        steps.add(new Expect(Phase.TWO, "shim is loaded", Sight.requestFor("shimx64\\.efi$"), 60));
        steps.add(new Expect(Phase.FIVE, "shim loads GRUB", Sight.requestFor("grubx64\\.efi$"), 60));
        steps.addAll(Openings.grubIsConfigured(pc));
        steps.addAll(Openings.environmentIsLoaded());
        steps.add(Scenarios.engineAsks());
        steps.add(Actions.workEnds(120));
        steps.add(secureBootIsOn(pc));
        return new Scenario(
                "uefi-secure-boot",
                "a UEFI PC with Microsoft's keys boots the environment through shim and GRUB",
                SEPARATE,
                steps);
    }

    static Act secureBootIsOn(PcSpec pc) {
        return Actions.prints(
                "the kernel found Secure Boot on",
                true,
                "secure-boot\\W+on\\b",
                "device",
                "show",
                pc.mac().toString());
    }

    private static Scenario httpBoot() {
        PcSpec pc = PcSpec.of("pc1", 1, Firmware.UEFI).with(Trait.HTTP_BOOT);
        List<Step> steps = new ArrayList<>();
        steps.add(Actions.startServers("menu: {shown: never}"));
        steps.add(Actions.assign(pc, "inventory"));
        steps.add(new PowerOn(pc, Optional.of(DiskKind.BLANK)));
        steps.add(new Expect(Phase.ONE_A, "Firstlight's OFFER with a URL", Sight.httpBootOffer(), 60));
        steps.addAll(Scenarios.phasesTwoToSeven(pc));
        steps.add(Scenarios.engineAsks());
        steps.add(Actions.workEnds(120));
        return new Scenario(
                "uefi-http-boot",
                "a UEFI PC with work gets its URL and boots the environment by HTTP alone",
                SEPARATE,
                steps);
    }

    /** The same chain when it begins with a URL. */
    private static Scenario secureHttpBoot() {
        PcSpec pc = PcSpec.of("pc1", 1, Firmware.UEFI).with(Trait.SECURE_BOOT, Trait.HTTP_BOOT);
        List<Step> steps = new ArrayList<>();
        steps.add(Actions.startServers("menu: {shown: never}", "preboot-client: {uefi: grub}"));
        steps.add(Actions.assign(pc, "inventory"));
        steps.add(new PowerOn(pc, Optional.of(DiskKind.BLANK)));
        steps.add(new Expect(Phase.ONE_A, "Firstlight's OFFER with a URL", Sight.httpBootOffer(), 60));
        steps.add(new Expect(Phase.TWO, "shim is loaded", Sight.requestFor("shimx64\\.efi$"), 60));
        steps.add(new Expect(Phase.FIVE, "shim loads GRUB", Sight.requestFor("grubx64\\.efi$"), 60));
        steps.add(new Expect(Phase.SIX, "GRUB's configuration is read", Sight.requestFor("grub/grub\\.cfg"), 60));
        steps.addAll(Openings.environmentIsLoaded());
        steps.add(Scenarios.engineAsks());
        steps.add(Actions.workEnds(120));
        steps.add(secureBootIsOn(pc));
        return new Scenario(
                "uefi-secure-http-boot",
                "a UEFI PC with Microsoft's keys boots the environment through shim and GRUB, beginning with a URL",
                SEPARATE,
                steps);
    }

    /** An iPXE that is not ours, of 2019, in the ROM of a UEFI card: it runs the script itself. */
    private static Scenario ipxeOnCard() {
        PcSpec pc = PcSpec.of("pc1", 1, Firmware.UEFI).with(Nic.E1000E).with(DiskDevice.NVME);
        List<Step> steps = new ArrayList<>();
        steps.add(Actions.startServers("menu: {shown: never}"));
        steps.add(Actions.assign(pc, "inventory"));
        steps.add(new PowerOn(pc, Optional.of(DiskKind.BLANK)));
        steps.addAll(Scenarios.phasesOneToSeven(pc, SEPARATE));
        steps.add(Scenarios.engineAsks());
        steps.add(new Never(Phase.CHECK, "no second preboot client is needed", Sight.requestFor("snponly")));
        steps.add(Actions.workEnds(120));
        return new Scenario(
                "uefi-ipxe-on-card",
                "a UEFI PC whose card has an iPXE of 2019 boots the environment with that one",
                SEPARATE,
                steps);
    }

    /** Captured from one kind of PC, restored to another: firmware, card, controller and the disk's size differ. */
    private static Scenario otherHardware() {
        return Scenarios.captureRestore(
                "capture-restore-hardware",
                "captured from BIOS, e1000e, AHCI; restored to UEFI, iPXE in the e1000e's ROM, a larger NVMe disk, its partitions as they were",
                PcSpec.of("donor", 1, Firmware.BIOS).with(Nic.E1000E).with(DiskDevice.AHCI),
                DiskKind.SYSTEM,
                PcSpec.of("blank", 2, Firmware.UEFI).with(Nic.E1000E).with(DiskDevice.NVME),
                DiskKind.BLANK_LARGER,
                "--grow",
                "none");
    }

    private static Scenario otherDisk(
            String name,
            String says,
            Firmware firmware,
            DiskDevice device,
            DiskKind source,
            DiskKind target,
            String... restoreOptions) {
        return Scenarios.captureRestore(
                name,
                "captured and restored: " + says,
                PcSpec.of("donor", 1, firmware).with(device),
                source,
                PcSpec.of("blank", 2, firmware).with(device),
                target,
                restoreOptions);
    }
}
