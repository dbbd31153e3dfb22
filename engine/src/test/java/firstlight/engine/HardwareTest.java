package firstlight.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.ImageFailure;
import firstlight.model.FactName;
import firstlight.model.Facts;
import firstlight.model.HeldDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HardwareTest {
    @TempDir
    Path root;

    @BeforeEach
    void aLaptop() throws IOException {
        write("sys/class/dmi/id/product_uuid", "4c4c4544-0042-3510-8052-b4c04f4a3132");
        write("sys/class/dmi/id/product_serial", "B5RJ12");
        write("sys/class/dmi/id/sys_vendor", "Dell Inc.");
        write("sys/class/dmi/id/product_name", "Latitude 5440");
        write("proc/cpuinfo", "processor\t: 0\nmodel name\t: Core i5\n\nprocessor\t: 1\nmodel name\t: Core i5\n");
        write("proc/meminfo", "MemTotal:        7934552 kB\nMemFree: 1 kB\n");
        card("eno1", "b4:45:06:00:00:01", "0x8086", "0x1a1f");
        card("eth1", "00:e0:4c:00:00:02", "0x10ec", "0x8168");
        Files.createDirectories(root.resolve("sys/class/net/lo"));
        write("sys/bus/pci/devices/0000:00:02.0/class", "0x030000");
        write("sys/bus/pci/devices/0000:00:02.0/vendor", "0x8086");
        write("sys/bus/pci/devices/0000:00:02.0/device", "0xa7a1");
        write("sys/class/power_supply/BAT0/type", "Battery");
        write("sys/class/power_supply/BAT0/model_name", "DELL 66DWX");
        write("sys/class/power_supply/AC/type", "Mains");
        write("sys/class/tpm/tpm0/tpm_version_major", "2");
        Files.createDirectories(root.resolve("sys/firmware/efi/efivars"));
        Files.write(
                root.resolve("sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"),
                new byte[] {6, 0, 0, 0, 1});
        disk("nvme0n1", 1000215216L, "0");
        write("sys/block/nvme0n1/device/serial", "  S6XYNX0T  ");
        write("sys/block/nvme0n1/device/model", "PM9A1  NVMe Samsung 512GB");
    }

    @Test
    void aDiskOfJustAnImagesSizeIsNotGivenToAnotherImage() {
        BlockDevices.Device large = new BlockDevices.Device("sda", 200, "", "", true);
        BlockDevices.Device small = new BlockDevices.Device("sdb", 151, "", "", true);
        assertThat(BlockDevices.alike(List.of(150L, 200L), List.of(large, small)))
                .containsExactly(small, large);
        assertThat(BlockDevices.alike(List.of(10L, 20L), List.of(large, small))).containsExactly(large, small);
        assertThat(BlockDevices.alike(List.of(151L), List.of(large, small))).containsExactly(small);
    }

    @Test
    void aPersonWhoMissesADiskIsToldOfControllersThatHaveNoDriver() throws IOException {
        BlockDevices disks = new BlockDevices(root);
        assertThat(disks.inventory())
                .isEqualTo("/dev/nvme0n1 (PM9A1 NVMe Samsung 512GB, 488386 MiB, serial number S6XYNX0T)");
        write("sys/bus/pci/devices/0000:00:17.0/class", "0x010400");
        write("sys/bus/pci/devices/0000:00:17.0/vendor", "0x8086");
        write("sys/bus/pci/devices/0000:00:17.0/device", "0x282a");
        assertThat(disks.inventory())
                .endsWith("S6XYNX0T), and no driver for the storage controller 8086:282a at 0000:00:17.0"
                        + " (PCI; an updates folder can add one)");
        Files.createSymbolicLink(root.resolve("sys/bus/pci/devices/0000:00:17.0/driver"), Path.of("../ahci"));
        assertThat(disks.inventory()).doesNotContain("driver");
    }

    /** The first disk behind it may be the system's. */
    @Test
    void whoTakesADiskByItsPlaceIsToldOfControllersThatHaveNoDriver() throws IOException {
        ChosenDisks chosen = new ChosenDisks(new BlockDevices(root));
        assertThat(chosen.unseen(List.of())).isEmpty();
        write("sys/bus/pci/devices/0000:00:17.0/class", "0x010400");
        write("sys/bus/pci/devices/0000:00:17.0/vendor", "0x8086");
        write("sys/bus/pci/devices/0000:00:17.0/device", "0x282a");
        for (List<String> order : List.of(
                List.<String>of(), new HeldDisk("S6XYNX0T").disks(), List.of("internal"), List.of("smallest"))) {
            assertThat(chosen.unseen(order))
                    .as("%s", order)
                    .isEqualTo(
                            "no driver for the storage controller 8086:282a at 0000:00:17.0 (PCI; an updates folder can add one):"
                                    + " if a disk is behind it, that is not seen, and the work's was chosen without it");
        }
        assertThat(chosen.unseen(List.of("S6XYNX0T"))).as("somebody named it").isEmpty();
    }

    @Test
    void aControllerWhoseDriverWouldNotTakeItIsNotToldAsOneWithoutADriver() throws IOException {
        write("sys/bus/pci/devices/0000:00:17.0/class", "0x080501");
        write("sys/bus/pci/devices/0000:00:17.0/vendor", "0x8086");
        write("sys/bus/pci/devices/0000:00:17.0/device", "0x4b47");
        write("run/firstlight.refused/0000:00:17.0", "sdhci_pci, which says: sdhci-pci 0000:00:17.0: Invalid BAR");
        assertThat(new BlockDevices(root).inventory())
                .endsWith("S6XYNX0T), and the storage controller 8086:4b47 at 0000:00:17.0 was not taken by its driver"
                        + " sdhci_pci, which says: sdhci-pci 0000:00:17.0: Invalid BAR");
    }

    @Test
    void tellsAllThatTheKernelKnows() {
        Facts facts = new Hardware(root).facts("");
        assertThat(facts.first(FactName.UUID)).contains("4c4c4544-0042-3510-8052-b4c04f4a3132");
        assertThat(facts.first(FactName.MODEL)).contains("Latitude 5440");
        assertThat(facts.first(FactName.CPU_MODEL)).contains("Core i5");
        assertThat(facts.first(FactName.CPU_CORES)).contains("2");
        assertThat(facts.first(FactName.MEMORY_MIB)).contains("7748");
        assertThat(facts.first(FactName.GPU)).contains("8086:a7a1");
        assertThat(facts.all(FactName.BATTERY)).containsExactly("DELL 66DWX");
        assertThat(facts.first(FactName.TPM)).contains("2.0");
        assertThat(facts.first(FactName.FIRMWARE)).contains("uefi");
        assertThat(facts.first(FactName.SECURE_BOOT)).contains("on");
        assertThat(facts.all(FactName.DISK)).containsExactly("nvme0n1 512110190592 S6XYNX0T PM9A1 NVMe Samsung 512GB");
    }

    @Test
    void whereNobodySaidWhichCardBootedTheOneThatGotAnAddressIsTold() throws IOException {
        write("run/firstlight.card", "00:e0:4c:00:00:02\n");
        assertThat(new Hardware(root).facts("").first(FactName.MAC)).contains("00:e0:4c:00:00:02");
        assertThat(new Hardware(root).facts("b4:45:06:00:00:01").first(FactName.MAC))
                .contains("b4:45:06:00:00:01");
        assertThat(new Hardware(root).facts("c0:ff:ee:00:00:03").first(FactName.MAC))
                .as("a dock's, that its firmware shows and Linux does not")
                .contains("00:e0:4c:00:00:02");
    }

    /** A laptop at a dock: what firmware shows is its own card, without a cable, and the dock's has the address. */
    @Test
    void whatTheNetworkIsLikeIsToldOfTheCardThatGotAnAddress() throws IOException {
        write("sys/class/net/eth1/speed", "1000");
        write("sys/class/net/eth1/duplex", "full");
        write("run/firstlight.card", "00:e0:4c:00:00:02\n");
        Facts facts = new Hardware(root).facts("b4:45:06:00:00:01");
        assertThat(facts.all(FactName.MAC)).containsExactly("b4:45:06:00:00:01", "00:e0:4c:00:00:02");
        assertThat(facts.all(FactName.NIC_PCI_ID)).containsExactly("10ec:8168");
        assertThat(facts.all(FactName.LINK)).containsExactly("1000 full");
    }

    /** A notebook's own, with the cable, and its dock's, which shows the same address. */
    @Test
    void ofTwoCardsWithOneMacTheOneThatGotAnAddressIsTold() throws IOException {
        card("eth1", "b4:45:06:00:00:01", "0x10ec", "0x8168");
        for (String[] each : new String[][] {{"eno1", "8086:1a1f"}, {"eth1", "10ec:8168"}}) {
            write("run/firstlight.card", "b4:45:06:00:00:01 " + each[0]);
            assertThat(new Hardware(root).facts("b4:45:06:00:00:01").all(FactName.NIC_PCI_ID))
                    .containsExactly(each[1]);
        }
    }

    @Test
    void putsTheCardThatBootedFirst() {
        Facts facts = new Hardware(root).facts("00:e0:4c:00:00:02");
        assertThat(facts.all(FactName.MAC)).containsExactly("00:e0:4c:00:00:02", "b4:45:06:00:00:01");
        assertThat(facts.first(FactName.NIC_PCI_ID)).contains("10ec:8168");
    }

    @Test
    void tellsWhatTheCardThatBootedAgreedOnWithTheSwitch() throws IOException {
        write("sys/class/net/eno1/speed", "1000");
        write("sys/class/net/eno1/duplex", "full");
        write("sys/class/net/eth1/speed", "-1");
        write("sys/class/net/eth1/duplex", "unknown");
        assertThat(new Hardware(root).facts("b4:45:06:00:00:01").all(FactName.LINK))
                .containsExactly("1000 full");
        assertThat(new Hardware(root).facts("00:e0:4c:00:00:02").all(FactName.LINK))
                .as("no cable")
                .isEmpty();
    }

    @Test
    void tellsThatAFirmwareHas32BitsThoughTheProcessorHas64() throws IOException {
        write("sys/firmware/efi/fw_platform_size", "32\n");
        assertThat(new Hardware(root).facts("").all(FactName.ARCHITECTURE)).containsExactly("i386");
        write("sys/firmware/efi/fw_platform_size", "64\n");
        assertThat(new Hardware(root).facts("").all(FactName.ARCHITECTURE)).containsExactly("x86_64");
    }

    @Test
    void leavesOutWhatIsNotThere(@TempDir Path empty) {
        assertThat(new Hardware(empty).facts("").values())
                .containsOnlyKeys(FactName.FIRMWARE, FactName.MEMORY_MIB, FactName.SECURE_BOOT);
    }

    @Test
    void countsInstalledMemoryWhereTheKernelTellsOfItsBlocks() throws IOException {
        write("sys/devices/system/memory/block_size_bytes", "8000000");
        for (int i = 0; i < 8; i++) {
            write("sys/devices/system/memory/memory" + i + "/online", "1");
        }
        assertThat(new Hardware(root).facts("").first(FactName.MEMORY_MIB)).contains("1024");
    }

    @Test
    void theFirstInternalDiskIsNeitherStickNorReaderNorLoop() throws IOException {
        disk("loop0", 100, "0");
        disk("sda", 500, "1");
        disk("sdb", 0, "0");
        Path usb = root.resolve("sys/devices/pci0000:00/usb2/2-1/block/sdc");
        Files.createDirectories(usb);
        Files.writeString(usb.resolve("size"), "900\n");
        Files.createSymbolicLink(root.resolve("sys/block/sdc"), usb);
        BlockDevices devices = new BlockDevices(root);
        assertThat(devices.all()).extracting(BlockDevices.Device::name).containsExactly("nvme0n1", "sda", "sdc");
        assertThat(devices.firstInternal()).map(BlockDevices.Device::name).contains("nvme0n1");
    }

    /** With multipath in the kernel, which is usual, an NVMe that may have several controllers is there twice. */
    private void attached(String name, String place) throws IOException {
        write("sys/devices/" + place + "/size", "2048");
        Path link = root.resolve("sys/block").resolve(name);
        Files.createDirectories(root.resolve("sys/block"));
        Files.createSymbolicLink(link, Path.of("../devices").resolve(place));
    }

    private List<String> names() {
        return new BlockDevices(root)
                .all().stream().map(BlockDevices.Device::name).toList();
    }

    /** Kernels number NVMe controllers as they answer, which may differ from start to start. */
    @Test
    void ofSeveralDisksTheFirstIsTheOneInTheFirstSlotWhateverItsNameIs() throws IOException {
        attached("nvme1n1", "pci0000:00/0000:00:1d.0/0000:02:00.0/nvme/nvme1/nvme1n1");
        attached("nvme2n1", "pci0000:00/0000:00:1d.4/0000:0a:00.0/nvme/nvme2/nvme2n1");
        attached("nvme3n10", "pci0000:00/0000:00:06.0/0000:01:00.0/nvme/nvme3/nvme3n10");
        attached("nvme3n2", "pci0000:00/0000:00:06.0/0000:01:00.0/nvme/nvme3/nvme3n2");
        attached("sda", "pci0000:00/0000:00:17.0/ata10/host9/target9:0:0/9:0:0:0/block/sda");
        attached("sdb", "pci0000:00/0000:00:17.0/ata2/host1/target1:0:0/1:0:0:0/block/sdb");
        assertThat(names().stream().filter(name -> !name.equals("nvme0n1")))
                .containsExactly("nvme3n2", "nvme3n10", "nvme1n1", "nvme2n1", "sdb", "sda");
    }

    /** Enterprise disks, and some of Samsung: the kernel has them apart from their controllers. */
    @Test
    void anNvmeThatMayHaveSeveralWaysIsInItsControllersSlot() throws IOException {
        for (String controller : List.of("nvme1 0000:00:1d.4", "nvme2 0000:00:1d.0")) {
            String name = controller.substring(0, 5);
            String place = "pci0000:00/" + controller.substring(6) + "/nvme/" + name;
            Files.createDirectories(root.resolve("sys/devices").resolve(place));
            String subsystem = "virtual/nvme-subsystem/nvme-subsys" + name.charAt(4);
            attached(name + "n1", subsystem + "/" + name + "n1");
            Files.createSymbolicLink(
                    root.resolve("sys/devices").resolve(subsystem).resolve(name),
                    root.resolve("sys/devices").resolve(place));
        }
        assertThat(names().stream().filter(name -> !name.equals("nvme0n1"))).containsExactly("nvme2n1", "nvme1n1");
    }

    @Test
    void theWayToAnNvmeIsNoDisk() throws IOException {
        disk("nvme0c0n1", 1000215216L, "0");
        write("sys/block/nvme0c0n1/hidden", "1");
        write("sys/block/nvme0n1/hidden", "0");
        assertThat(new BlockDevices(root).matching("internal"))
                .extracting(BlockDevices.Device::name)
                .containsExactly("nvme0n1");
    }

    /** Two ports, each with an adapter of its own; and two disks of a make that gives all one WWN. */
    @Test
    void aSasDiskThatIsReachedByTwoWaysIsOneDisk() throws IOException {
        for (String name : List.of("sda", "sdb", "sdc", "sdd", "sde")) {
            disk(name, 1_000_000, "0");
            write(
                    "sys/block/" + name + "/device/wwid",
                    name.matches("sd[ab]") ? "naa.5000c500a1b2c3d4" : "naa.5000000000000000");
            write("sys/block/" + name + "/device/serial", name.matches("sd[ab]") ? "Z1X0" : "N-" + name);
        }
        write("sys/block/sde/device/wwid", "t10.ATA     DISK");
        write("sys/block/sde/device/serial", "Z1X0");
        assertThat(names()).containsExactly("nvme0n1", "sda", "sdc", "sdd", "sde");
    }

    /** Of makes that give all of them one WWN and one serial number; each has one port. */
    @Test
    void twoSataDisksWithAllNumbersAlikeAreTwo() throws IOException {
        for (String name : List.of("sda", "sdb")) {
            disk(name, 1_000_000, "0");
            write("sys/block/" + name + "/device/vendor", "ATA     ");
            write("sys/block/" + name + "/device/wwid", "naa.5000000000000000");
            write("sys/block/" + name + "/device/serial", "AA000000000000000001");
        }
        assertThat(names()).containsExactly("nvme0n1", "sda", "sdb");
    }

    @Test
    void aMemoryCardIsNotTakenForTheDiskOfAPcWithEmmc() throws IOException {
        disk("mmcblk0", 60_000_000, "0");
        write("sys/block/mmcblk0/device/type", "SD");
        disk("mmcblk1", 120_000_000, "0");
        write("sys/block/mmcblk1/device/type", "MMC");
        for (String part :
                List.of("boot0", "boot1", "gp0", "rpmb")) { // hardware partitions of the eMMC, with nodes of their own
            disk("mmcblk1" + part, 8192, "0");
            write("sys/block/mmcblk1" + part + "/device/type", "MMC");
        }
        assertThat(new BlockDevices(root).matching("internal"))
                .extracting(BlockDevices.Device::name)
                .containsExactly("nvme0n1", "mmcblk1");
    }

    @Test
    void anOrderMayNameADiskByNodeNameOrSerialNumber() throws IOException {
        BlockDevices devices = new BlockDevices(root);
        assertThat(devices.find("/dev/nvme0n1")).isPresent();
        assertThat(devices.find("nvme0n1")).isPresent();
        assertThat(devices.find("S6XYNX0T")).isPresent();
        assertThat(devices.find("sda")).isEmpty();
    }

    @Test
    void ofSeveralDisksWithOneSerialNumberNoneIsTaken() throws IOException {
        disk("nvme0n2", 1000215216L, "0"); // a second namespace: the number is the controller's
        write("sys/block/nvme0n2/device/serial", "S6XYNX0T");
        BlockDevices devices = new BlockDevices(root);
        assertThatThrownBy(() -> devices.find("S6XYNX0T"))
                .isInstanceOf(ImageFailure.class)
                .hasMessageContaining("/dev/nvme0n1")
                .hasMessageContaining("/dev/nvme0n2");
        assertThat(devices.find("nvme0n2")).isPresent();
    }

    @Test
    void aSerialNumberThatSeveralHaveIsNoRuleForThem() throws IOException {
        disk("nvme0n2", 1000215216L, "0");
        write("sys/block/nvme0n2/device/serial", "S6XYNX0T");
        BlockDevices devices = new BlockDevices(root);
        assertThatThrownBy(() -> devices.matching("serial=S6XYNX0T"))
                .isInstanceOf(ImageFailure.class)
                .hasMessageContaining("/dev/nvme0n2");
        assertThat(devices.matching("serial=S6XYNX0*")).hasSize(2);
    }

    /** Its firmware starts when its driver does, which takes half a minute; another disk is there at once. */
    @Test
    void aRaidControllerThatHasShownNoDiskYetIsWaitedFor() throws IOException {
        LateDisks late = new LateDisks(root);
        write("sys/class/nvme/nvme0/state", "live\n");
        assertThat(late.areExpected()).isFalse();
        write("sys/class/nvme/nvme1/state", "resetting\n");
        assertThat(late.areExpected()).isTrue();
        write("sys/class/nvme/nvme1/state", "dead\n");
        assertThat(late.areExpected()).isFalse();

        String place = raidController();
        assertThat(late.areExpected()).isTrue();
        attached("sda", place + "/host0/target0:2:0/0:2:0:0/block/sda");
        assertThat(late.areExpected()).isFalse();
    }

    private String raidController() throws IOException {
        String place = "pci0000:00/0000:00:01.0/0000:01:00.0";
        Path driver = Files.createDirectories(root.resolve("sys/bus/pci/drivers/megaraid_sas"));
        Files.createSymbolicLink(
                Files.createDirectories(root.resolve("sys/devices").resolve(place))
                        .resolve("driver"),
                driver);
        Files.createDirectories(root.resolve("sys/bus/pci/devices"));
        Files.createSymbolicLink(
                root.resolve("sys/bus/pci/devices/0000:01:00.0"),
                root.resolve("sys/devices").resolve(place));
        return place;
    }

    /** Something that happens while the engine waits. */
    private interface Event {
        void happen() throws IOException;
    }

    /** How many tenths of a second were waited, and what was said. */
    private String waited(int tenths, Event event) throws IOException {
        AtomicInteger passed = new AtomicInteger();
        List<String> said = new ArrayList<>();
        Retries.Pause pause = _ -> {
            if (passed.incrementAndGet() == tenths) {
                try {
                    event.happen();
                } catch (IOException broken) {
                    throw new UncheckedIOException(broken);
                }
            }
        };
        new LateDisks(root).await(pause, said::add);
        return passed + said.stream().map(line -> ", " + line).collect(Collectors.joining());
    }

    private static final Event NOTHING = () -> {};

    @Test
    void aDiskThatIsThereIsNotWaitedForAndOneThatIsNotTheUsualTime() throws IOException {
        assertThat(waited(0, NOTHING)).isEqualTo("0");
        write("sys/block/nvme0n1/size", "0");
        assertThat(waited(0, NOTHING)).isEqualTo("150, waiting for a disk, for up to 15 s");
        assertThat(waited(70, () -> write("sys/block/nvme0n1/size", "2048")))
                .isEqualTo("70, waiting for a disk, for up to 15 s");
    }

    /** For tape, or without a volume: servers with an NVMe to start from have such. */
    @Test
    void aRaidControllerThatStartedAndHasNoDiskIsNotWaitedForLongBehindAnNvme() throws IOException {
        String place = raidController();
        Path host = root.resolve("sys/devices").resolve(place).resolve("host0");
        assertThat(waited(0, NOTHING)).isEqualTo("450, waiting for more disks, for up to 45 s");
        assertThat(waited(200, () -> Files.createDirectories(host)))
                .isEqualTo("349, waiting for more disks, for up to 45 s");
        assertThat(waited(0, NOTHING)).isEqualTo("150, waiting for more disks, for up to 45 s");
        write("sys/block/nvme0n1/size", "0");
        disk("sdb", 2048, "0");
        assertThat(waited(0, NOTHING)).as("its disk would be the first").startsWith("450");
        assertThat(waited(300, () -> attached("sda", place + "/host0/target0:2:0/0:2:0:0/block/sda")))
                .as("and the next of its disks")
                .isEqualTo("330, waiting for more disks, for up to 45 s");
    }

    /** Its namespaces are looked for after it is live. */
    @Test
    void anNvmeThatWasLateIsGivenTimeForItsDisk() throws IOException {
        write("sys/block/nvme0n1/size", "0");
        disk("sdb", 2048, "0");
        write("sys/class/nvme/nvme0/state", "connecting");
        assertThat(waited(0, NOTHING)).isEqualTo("450, waiting for more disks, for up to 45 s");
        assertThat(waited(200, () -> write("sys/class/nvme/nvme0/state", "live")))
                .isEqualTo("229, waiting for more disks, for up to 45 s");
    }

    /** Intel's RST in RAID mode: the kernel says how many NVMe disks it would show in AHCI mode. */
    @Test
    void whichDiskIsFirstCannotBeToldWhileAnotherIsHidden() throws IOException {
        ChosenDisks chosen = new ChosenDisks(new BlockDevices(root));
        write("sys/bus/pci/devices/0000:00:17.0/remapped_nvme", "0");
        assertThat(chosen.of(List.of(), 1)).hasSize(1);

        write("sys/bus/pci/devices/0000:00:17.0/remapped_nvme", "1");
        for (List<String> order : List.of(
                List.<String>of(), new HeldDisk("S6XYNX0T").disks(), List.of("internal"), List.of("smallest"))) {
            assertThatThrownBy(() -> chosen.of(order, 1))
                    .as("%s", order)
                    .isInstanceOf(ImageFailure.class)
                    .hasMessageContaining("hidden behind the storage controller at 0000:00:17.0");
        }
        assertThat(chosen.of(List.of("S6XYNX0T"), 1)).as("somebody named it").hasSize(1);
        assertThat(chosen.withSystem(List.of())).as("only looked through").hasSize(1);
    }

    /** Work would be held to the disk behind the hidden one, and stay with it when the firmware is set to AHCI. */
    @Test
    void whatIsFirstWhileAnotherDiskIsHiddenTellsNoSerialNumber() throws IOException {
        disk("sda", 2048, "0");
        Files.createDirectories(root.resolve("sys/block/sda/device"));
        Files.write(
                root.resolve("sys/block/sda/device/vpd_pg80"),
                "\0\u0080\0\u0008WD-12345".getBytes(StandardCharsets.ISO_8859_1));
        write("sys/bus/pci/devices/0000:00:17.0/remapped_nvme", "0");
        assertThat(new Hardware(root).facts("").all(FactName.DISK))
                .containsExactly("nvme0n1 512110190592 S6XYNX0T PM9A1 NVMe Samsung 512GB", "sda 1048576 WD-12345");
        write("sys/bus/pci/devices/0000:00:17.0/remapped_nvme", "1");
        assertThat(new Hardware(root).facts("").all(FactName.DISK))
                .containsExactly("nvme0n1 512110190592 - PM9A1 NVMe Samsung 512GB", "sda 1048576 WD-12345");
    }

    /** No disk was seen when the work was begun but a card in a reader; its number is no reason to miss it. */
    @Test
    void aPcWithoutAnInternalDiskIsToldSoThoughACardWasTakenForItsFirst() throws IOException {
        write("sys/block/nvme0n1/removable", "1");
        assertThatThrownBy(() -> new ChosenDisks(new BlockDevices(root)).of(new HeldDisk("S6XYNX0T").disks(), 1))
                .isInstanceOf(ImageFailure.class)
                .hasMessageContaining("This PC has no internal disk");
    }

    /** One of them went, or one came: which of them the work was begun on is known to nobody. */
    @Test
    void workThatWasBegunOnOneOfTwoWithOneSerialNumberNeedsBoth() throws IOException {
        BlockDevices devices = new BlockDevices(root);
        assertThat(devices.held(new HeldDisk("S6XYNX0T"))).isPresent();
        assertThatThrownBy(() -> devices.held(new HeldDisk("S6XYNX0T", 2)))
                .isInstanceOf(ImageFailure.class)
                .hasMessageContaining("2 disks had its serial number")
                .hasMessageContaining("/dev/nvme0n1");
        assertThat(devices.held(new HeldDisk("S6XYNX0U", 2))).isEmpty();

        disk("nvme0n2", 1000215216L, "0");
        write("sys/block/nvme0n2/device/serial", "S6XYNX0T");
        assertThat(devices.held(new HeldDisk("S6XYNX0T", 2)))
                .map(BlockDevices.Device::name)
                .contains("nvme0n1");
        assertThatThrownBy(() -> devices.held(new HeldDisk("S6XYNX0T"))).isInstanceOf(ImageFailure.class);
    }

    /** Behind a Thunderbolt socket: the kernel (5.14) calls what hangs there removable, from the PCI device on. */
    @Test
    void anNvmeInAThunderboltCaseIsNotInternal() throws IOException {
        String place = "pci0000:00/0000:00:07.0/0000:02:00.0/0000:03:01.0/0000:04:00.0/nvme/nvme1";
        attached("nvme1n1", place + "/nvme1n1");
        write("sys/devices/pci0000:00/0000:00:07.0/removable", "fixed");
        write("sys/devices/pci0000:00/0000:00:07.0/0000:02:00.0/removable", "removable");
        write("sys/devices/pci0000:00/0000:00:07.0/0000:02:00.0/0000:03:01.0/0000:04:00.0/removable", "removable");
        attached("nvme2n1", "virtual/nvme-subsystem/nvme-subsys1/nvme2n1");
        Files.createSymbolicLink(
                root.resolve("sys/devices/virtual/nvme-subsystem/nvme-subsys1/nvme1"),
                root.resolve("sys/devices").resolve(place));
        attached("nvme3n1", "pci0000:00/0000:00:06.0/0000:01:00.0/nvme/nvme3/nvme3n1");
        write("sys/devices/pci0000:00/0000:00:06.0/0000:01:00.0/removable", "fixed");
        assertThat(new BlockDevices(root).matching("internal"))
                .extracting(BlockDevices.Device::name)
                .doesNotContain("nvme1n1", "nvme2n1")
                .contains("nvme3n1");
    }

    @Test
    void aDiskWithoutASerialNumberIsNotMeantByNothing() throws IOException {
        disk("sda", 500, "0");
        assertThat(new BlockDevices(root).find("/dev/")).isEmpty();
    }

    @Test
    void anOrderMayChooseDisksByRule() throws IOException {
        disk("sda", 500, "0");
        disk("sdb", 2048, "0");
        disk("sdc", 9999, "1");
        BlockDevices devices = new BlockDevices(root);
        assertThat(devices.matching("internal"))
                .extracting(BlockDevices.Device::name)
                .containsExactly("nvme0n1", "sda", "sdb");
        assertThat(devices.matching("smallest"))
                .extracting(BlockDevices.Device::name)
                .containsExactly("sda");
        assertThat(devices.matching("serial=S6XY*"))
                .extracting(BlockDevices.Device::name)
                .containsExactly("nvme0n1");
        assertThat(devices.matching("sdb"))
                .extracting(BlockDevices.Device::name)
                .containsExactly("sdb");
        assertThat(devices.matching("model=*nothing*")).isEmpty();
    }

    @Test
    void readsTheSerialNumberPageOfScsiDisks() throws IOException {
        disk("sda", 2048, "0");
        Files.createDirectories(root.resolve("sys/block/sda/device"));
        byte[] page = "\0\u0080\0\u0008WD-12345".getBytes(StandardCharsets.ISO_8859_1);
        Files.write(root.resolve("sys/block/sda/device/vpd_pg80"), page);
        assertThat(new BlockDevices(root).find("WD-12345"))
                .map(BlockDevices.Device::fact)
                .contains("sda 1048576 WD-12345");
    }

    private void disk(String name, long sectors, String removable) throws IOException {
        write("sys/block/" + name + "/size", Long.toString(sectors));
        write("sys/block/" + name + "/removable", removable);
    }

    private void card(String name, String mac, String vendor, String device) throws IOException {
        write("sys/class/net/" + name + "/address", mac);
        write("sys/class/net/" + name + "/device/vendor", vendor);
        write("sys/class/net/" + name + "/device/device", device);
    }

    private void write(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text + "\n");
    }
}
