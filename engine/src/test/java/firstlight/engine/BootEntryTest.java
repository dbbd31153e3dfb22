package firstlight.engine;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.engine.Esp.Contents;
import firstlight.engine.Esp.Kind;
import firstlight.engine.Esp.Way;
import firstlight.image.Disk;
import firstlight.image.disk.Access;
import firstlight.image.disk.DiskFile;
import firstlight.image.disk.Tool;
import firstlight.image.manifest.Content;
import firstlight.image.manifest.DiskImage;
import firstlight.image.manifest.Manifest;
import firstlight.image.manifest.Region;
import firstlight.image.table.PartitionTable;
import firstlight.image.table.TableSectors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BootEntryTest {
    private static final String LISTING = """
            BootCurrent: 0001
            Timeout: 0 seconds
            BootOrder: 0001,0000
            Boot0000* UiApp	FvVol(7cb8bdc9-f8eb-4f34-aaea-3ee4af6516a1)
            Boot0001* UEFI PXEv4 (MAC:525400123456)	PciRoot(0x0)/Pci(0x2,0x0)
            Boot0003* debian	HD(1,GPT,8A1B0C5E-0000-4000-8000-000000000001,0x800,0x32000)/File(\\EFI\\debian\\shimx64.efi)
            """;

    private static final Esp.Systems NONE = new Esp.Systems(false, false, false);

    private static Contents files(String... paths) {
        return new Contents(List.of(paths), List.of());
    }

    @Test
    void aDiskThatFirmwareFindsAndNobodyKnowsMoreOfNeedsNoEntry() {
        assertThat(Esp.choose(files("EFI/Boot/bootx64.efi", "EFI/debian/shimx64.efi"), NONE, Kind.X64))
                .isEqualTo(new Way.NothingToDo());
        assertThat(Esp.choose(files("EFI/Boot/bootia32.efi", "EFI/debian/grubia32.efi"), NONE, Kind.IA32))
                .isEqualTo(new Way.NothingToDo());
        assertThat(Esp.choose(files("readme.txt"), NONE, Kind.X64)).isEqualTo(new Way.NothingToDo());
    }

    @Test
    void windowsComesBeforeShimAndShimBeforeGrub() {
        assertThat(Esp.choose(files("EFI/debian/grubx64.efi", "EFI/debian/shimx64.efi"), NONE, Kind.X64))
                .isEqualTo(new Way.Loader("EFI/debian/shimx64.efi", true));
        assertThat(Esp.choose(files("EFI/ubuntu/shimx64.efi", "EFI/Microsoft/Boot/bootmgfw.efi"), NONE, Kind.X64))
                .isEqualTo(new Way.Loader("EFI/Microsoft/Boot/bootmgfw.efi", true));
    }

    @Test
    void aFirmwareOf32BitsGetsItsOwnLoader() {
        assertThat(Esp.choose(files("EFI/debian/shimx64.efi", "EFI/debian/grubia32.efi"), NONE, Kind.IA32))
                .isEqualTo(new Way.Loader("EFI/debian/grubia32.efi", true));
        assertThat(Esp.choose(files("EFI/BOOT/BOOTX64.EFI", "EFI/debian/grubia32.efi"), NONE, Kind.IA32))
                .isEqualTo(new Way.Loader("EFI/debian/grubia32.efi", true));
    }

    @Test
    void aSystemForTheOtherKindOfFirmwareIsToldAndGetsNoEntryThatCannotStart() {
        assertThat(Esp.choose(files("EFI/Boot/bootx64.efi", "EFI/Microsoft/Boot/bootmgfw.efi"), NONE, Kind.IA32))
                .isEqualTo(new Way.OfOtherKind());
        assertThat(BootEntry.ofOtherKind(Kind.IA32))
                .isEqualTo(
                        ", but this PC's UEFI of 32 bits cannot start it: the ESP has only \\EFI\\BOOT\\BOOTX64.EFI");
        assertThat(Esp.choose(files("EFI/Boot/bootia32.efi", "EFI/Microsoft/Boot/bootmgfw.efi"), NONE, Kind.X64))
                .isEqualTo(new Way.OfOtherKind());
    }

    @Test
    void anEspThatCannotBeReadIsToldAndDoesNotUndoTheRestore() {
        IOException damaged = new IOException("/tmp/esp/EFI: Input/output error");
        Way unreadable = new Way.Unreadable("/tmp/esp/EFI: Input/output error");
        Esp.Listing ofItself = () -> {
            throw damaged;
        };
        Esp.Listing inAFolder = () -> { // Files.walk
            throw new UncheckedIOException("/tmp/esp/EFI: Input/output error", damaged);
        };
        assertThat(Esp.look(ofItself, NONE, Kind.X64)).isEqualTo(unreadable);
        assertThat(Esp.look(inAFolder, NONE, Kind.X64)).isEqualTo(unreadable);
        assertThat(Esp.look(() -> files("EFI/Boot/bootx64.efi"), NONE, Kind.X64))
                .isEqualTo(new Way.NothingToDo());
        assertThat(BootEntry.unreadable("mount: bad superblock"))
                .isEqualTo(", whether its ESP needs a UEFI boot entry cannot be told (mount: bad superblock)");
    }

    @Test
    void anEntryIsKnownByItsPartitionAndItsLoader() {
        String uuid = "8a1b0c5e-0000-4000-8000-000000000001\n";
        assertThat(BootEntry.known(LISTING, uuid, "EFI/debian/shimx64.efi"))
                .hasValueSatisfying(entry -> assertThat(entry.number()).isEqualTo("0003"));
        assertThat(BootEntry.known(LISTING, uuid, "EFI/ubuntu/shimx64.efi")).isEmpty();
        assertThat(BootEntry.known(LISTING, "", "EFI/debian/shimx64.efi")).isEmpty();
        String mbr = LISTING + "Boot0004* old\tHD(2,MBR,0xb2c3d4e,0x800,0x32000)/File(\\EFI\\debian\\shimx64.efi)\n";
        assertThat(BootEntry.known(mbr, "0b2c3d4e-02", "EFI/debian/shimx64.efi"))
                .hasValueSatisfying(entry -> assertThat(entry.number()).isEqualTo("0004"));
        assertThat(BootEntry.known(mbr, "0b2c3d4e-01", "EFI/debian/shimx64.efi"))
                .isEmpty();
    }

    /** One ESP a disk, the first with Windows and its fallback, the others with Debian; and what a firmware lists. */
    private final class Pc implements BootEntry.Tools {
        private final List<List<String>> esps;
        private final String listing;
        private final List<String> changes = new ArrayList<>();
        private String fileSystem = ""; // of each disk, or of all
        private boolean locked;
        private boolean withoutVariables;

        Pc(String listing, List<List<String>> esps) {
            this.listing = listing;
            this.esps = esps;
        }

        @Override
        public Tool run(List<String> command) throws IOException {
            Path last = Path.of(command.getLast());
            switch (command.getFirst()) {
                case "mount" -> {
                    int esp = Integer.parseInt(command.get(command.size() - 2).substring("/dev/esp".length()));
                    for (String file : esps.get(esp)) { // PATH=CONTENT, or one of its own
                        Path path = last.resolve(file.split("=", -1)[0]);
                        Files.createDirectories(Objects.requireNonNull(path.getParent()));
                        Files.writeString(path, file.substring(file.indexOf('=') + 1));
                    }
                }
                case "umount" -> {
                    try (Stream<Path> files = Files.walk(last)) {
                        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                            if (!file.equals(last)) {
                                Files.delete(file);
                            }
                        }
                    }
                }
                case "blkid" -> {
                    return new Tool(0, "8a1b0c5e-0000-4000-8000-000000000001");
                }
                default -> {
                    if (withoutVariables) {
                        return new Tool(2, "EFI variables are not supported on this system.");
                    }
                    if (command.contains("--verbose")) {
                        return new Tool(0, listing);
                    }
                    changes.add(String.join(" ", command));
                    if (command.contains("--bootorder") && locked) {
                        return new Tool(8, "Could not set BootOrder: Operation not permitted");
                    }
                    return new Tool(0, listing + "Boot0009* debian\tHD(1,GPT,0)/File(x)\n");
                }
            }
            return new Tool(0, "");
        }

        String restored(String type) throws IOException {
            Files.createDirectories(root.resolve("sys/firmware/efi"));
            Files.writeString(root.resolve("sys/firmware/efi/fw_platform_size"), "64\n");
            List<DiskImage> images = new ArrayList<>();
            List<Disk> disks = new ArrayList<>();
            for (int i = 0; i < esps.size(); i++) {
                DiskImage image = image(type, i);
                String[] each = fileSystem.split(" ", -1);
                String kind = each[Math.min(i, each.length - 1)];
                Region system = new Region(2, 4 << 20, 1 << 20, kind, new Content.Swap(new UUID(0, 1), "", 4096));
                images.add(new DiskImage(image.size(), image.sectorSize(), image.table(), List.of(system)));
                disks.add(node(i));
            }
            return new BootEntry(root, this)
                    .after(new Manifest(Instant.EPOCH, "test", images, List.of()), disks, Set.of());
        }
    }

    @TempDir
    Path root;

    private DiskImage image(String table, int number) throws IOException {
        Path file = root.resolve("disk" + number);
        Tool made = Tool.run(
                List.of("sh", "-c", "truncate -s 8M %1$s; printf '%2$s' | sfdisk -q %1$s".formatted(file, table)));
        assertThat(made.succeeded()).as(made.output()).isTrue();
        try (DiskFile disk = DiskFile.open(file, 512, Access.READ)) {
            return new DiskImage(disk.size(), 512, PartitionTable.read(disk).sectors(), List.of());
        }
    }

    @Test
    void anEspInWhatWasCapturedWholeIsTold() throws IOException {
        Pc pc = new Pc("BootOrder: 0001\nBoot0001* net\tPci\n", List.of(List.of("EFI/debian/shimx64.efi")));
        image(GPT, 0);
        Files.createDirectories(root.resolve("sys/firmware/efi"));
        Files.writeString(root.resolve("sys/firmware/efi/fw_platform_size"), "64\n");
        try (DiskFile disk = DiskFile.open(root.resolve("disk0"), 512, Access.READ)) {
            Region all = new Region(0, 0, disk.size(), "", new Content.Swap(new UUID(0, 1), "", 4096));
            DiskImage image = new DiskImage(disk.size(), 512, TableSectors.NONE, List.of(all));
            assertThat(new BootEntry(root, pc)
                            .after(
                                    new Manifest(Instant.EPOCH, "test", List.of(image), List.of()),
                                    List.of(disk),
                                    Set.of()))
                    .contains("no UEFI boot entry was looked for", "was captured whole", "efibootmgr");
        }
        assertThat(pc.changes).isEmpty();
    }

    /** It has nodes, and nothing else is asked of it. */
    private static Disk node(int number) {
        return (Disk) Proxy.newProxyInstance(
                Disk.class.getClassLoader(),
                new Class<?>[] {Disk.class},
                (_, method, arguments) -> method.getName().equals("node")
                        ? Optional.of(Path.of((int) arguments[0] == 0 ? "/dev/disk" + number : "/dev/esp" + number))
                        : null);
    }

    /** What an entry was made for, of a first disk with that ESP and a second one; "" for none. */
    private String loader(String fileSystem, String... esp) throws IOException {
        Pc pc = new Pc("BootOrder: 0001\nBoot0001* net\tPci\n", List.of(List.of(esp), List.of()));
        pc.fileSystem = fileSystem;
        pc.restored(GPT);
        return pc.changes.stream()
                .filter(change -> change.contains("--create-only"))
                .map(change -> change.replaceAll(".*--loader (\\S+) .*", "$1"))
                .findFirst()
                .orElse("");
    }

    /** shim's fallback makes one that it puts before the network, and some Dells start nothing that has none. */
    @Test
    void theSystemThatAFallbackStartsGetsAnEntryAsWell() throws IOException {
        assertThat(loader(
                        "ext4",
                        "EFI/BOOT/BOOTX64.EFI=shim",
                        "EFI/BOOT/grubx64.efi=grub",
                        "EFI/BOOT/fbx64.efi",
                        "EFI/ubuntu/grubx64.efi=grub",
                        "EFI/ubuntu/shimx64.efi=shim"))
                .isEqualTo("\\EFI\\ubuntu\\shimx64.efi");
        assertThat(loader("ntfs", "EFI/Boot/bootx64.efi=windows", "EFI/Microsoft/Boot/bootmgfw.efi=windows"))
                .isEqualTo("\\EFI\\Microsoft\\Boot\\bootmgfw.efi");
        assertThat(loader("btrfs", "EFI/BOOT/BOOTX64.EFI=sd", "EFI/systemd/systemd-bootx64.efi=sd"))
                .isEqualTo("\\EFI\\systemd\\systemd-bootx64.efi");
        assertThat(loader("ntfs", "EFI/Boot/bootx64.efi=older", "EFI/Microsoft/Boot/bootmgfw.efi=newer"))
                .as("an update may have left the fallback as it was")
                .isEqualTo("\\EFI\\Microsoft\\Boot\\bootmgfw.efi");
    }

    @Test
    void aLinuxThatCameAfterWindowsIsStartedThoughTheFallbackIsWindows() throws IOException {
        String[] both = {
            "EFI/Boot/bootx64.efi=windows", "EFI/Microsoft/Boot/bootmgfw.efi=windows", "EFI/ubuntu/shimx64.efi=shim"
        };
        assertThat(loader("ext4", both)).isEqualTo("\\EFI\\ubuntu\\shimx64.efi");
        assertThat(loader("ntfs", both))
                .as("a Linux that is gone left its loader behind")
                .isEqualTo("\\EFI\\Microsoft\\Boot\\bootmgfw.efi");
    }

    /** Where the order is the network alone, the entry is what starts: a dead GRUB's prompt in place of Windows. */
    @Test
    void aLoaderWhoseSystemMayBeDataOnAnotherDiskIsPassedOver() throws IOException {
        assertThat(loader(
                        "ntfs ext4",
                        "EFI/Boot/bootx64.efi=windows",
                        "EFI/Microsoft/Boot/bootmgfw.efi=windows",
                        "EFI/ubuntu/shimx64.efi=shim"))
                .isEqualTo("\\EFI\\Microsoft\\Boot\\bootmgfw.efi");
    }

    @Test
    void aWindowsThatIsGoneGetsNoEntryForTheLoaderThatItLeft() throws IOException {
        String[] esp = {"EFI/Boot/bootx64.efi=freebsd", "EFI/Microsoft/Boot/bootmgfw.efi=windows"};
        assertThat(loader("unknown", esp)).isEmpty();
        assertThat(loader("bitlocker", esp)).isEqualTo("\\EFI\\Microsoft\\Boot\\bootmgfw.efi");
    }

    @Test
    void ofSeveralLoadersTheOneThatTheFallbackIsACopyOfIsMeantAndElseNobodyKnows() throws IOException {
        assertThat(loader(
                        "ext4", "EFI/BOOT/BOOTX64.EFI=new", "EFI/debian/shimx64.efi=old", "EFI/ubuntu/shimx64.efi=new"))
                .isEqualTo("\\EFI\\ubuntu\\shimx64.efi");
        assertThat(loader("ext4", "EFI/BOOT/BOOTX64.EFI", "EFI/debian/shimx64.efi=old", "EFI/ubuntu/shimx64.efi=new"))
                .isEmpty();
        assertThat(loader("ext4", "EFI/BOOT/BOOTX64.EFI=grub", "EFI/BOOT/grubx64.efi=grub"))
                .as("which is no system's own")
                .isEmpty();
    }

    /** grub-install --removable, NixOS, Limine: the fallback is a menu with both, and firmware started it. */
    @Test
    void whereTheFallbackMayBeALinuxsMenuWindowsGetsNoEntryThatPassesItBy() throws IOException {
        String[] esp = {"EFI/BOOT/BOOTX64.EFI=grub", "EFI/Microsoft/Boot/bootmgfw.efi=windows"};
        assertThat(loader("ntfs", esp)).isEqualTo("\\EFI\\Microsoft\\Boot\\bootmgfw.efi");
        assertThat(loader("ext4 ntfs", esp)).isEmpty();
        assertThat(loader("ntfs ext4", esp)).as("on another disk").isEmpty();
    }

    /** Their GRUB is signed by a key that firmware does not know. */
    @Test
    void openSusesAndSlesAreStartedByTheirShim() throws IOException {
        assertThat(loader(
                        "btrfs",
                        "EFI/BOOT/bootx64.efi=shim",
                        "EFI/opensuse/grub.efi",
                        "EFI/opensuse/grubx64.efi",
                        "EFI/opensuse/shim.efi=shim"))
                .isEqualTo("\\EFI\\opensuse\\shim.efi");
        assertThat(loader("btrfs", "EFI/sles/grubx64.efi", "EFI/sles/shim.efi")).isEqualTo("\\EFI\\sles\\shim.efi");
    }

    @Test
    void aPcWithoutBootVariablesIsInOrderWhereFirmwareStartsTheFallback() throws IOException {
        Pc fallback = new Pc("", List.of(List.of("EFI/BOOT/BOOTX64.EFI=x", "EFI/debian/shimx64.efi=x")));
        fallback.fileSystem = "ext4";
        fallback.withoutVariables = true;
        assertThat(fallback.restored(GPT))
                .isEqualTo(", starts by its fallback; no UEFI boot entry of its own could be made: "
                        + "EFI variables are not supported on this system.");
        Pc none = new Pc("", List.of(DEBIAN));
        none.withoutVariables = true;
        assertThat(none.restored(GPT))
                .isEqualTo(", no UEFI boot entry could be made: EFI variables are not supported on this system.");
    }

    @Test
    void anEntryThatCannotBePutIntoTheOrderIsToldAsMade() throws IOException {
        Pc pc = new Pc("BootOrder: 0001\nBoot0001* net\tPci\n", List.of(DEBIAN));
        pc.locked = true;
        assertThat(pc.restored(GPT))
                .isEqualTo(", UEFI boot entry 'debian' made, and could not be put into the boot order: "
                        + "Could not set BootOrder: Operation not permitted");
    }

    private static final String GPT = "label: gpt\\nstart=2048, type=uefi\\n";
    private static final List<String> DEBIAN = List.of("EFI/debian/shimx64.efi");

    @Test
    void anEspOnAnMbrDiskAndASecondOneAreLookedAt() throws IOException {
        Pc mbr = new Pc("BootOrder: 0001\nBoot0001* net\tPci\n", List.of(DEBIAN));
        assertThat(mbr.restored("label: dos\\nstart=2048, type=ef\\n")).isEqualTo(", UEFI boot entry 'debian' made");

        Pc two = new Pc("BootOrder: 0001\nBoot0001* net\tPci\n", List.of(List.of("EFI/BOOT/BOOTX64.EFI"), DEBIAN));
        assertThat(two.restored(GPT)).isEqualTo(", UEFI boot entry 'debian' made");
        assertThat(two.changes).last().isEqualTo("efibootmgr --bootorder 0001,0009");
    }

    @Test
    void anEntryThatTheFirmwareDoesNotTryIsPutIntoItsOrder() throws IOException {
        Pc outOfOrder = new Pc(LISTING, List.of(DEBIAN));
        assertThat(outOfOrder.restored(GPT)).isEqualTo(", UEFI boot entry 0003 was there, and is tried again");
        assertThat(outOfOrder.changes).containsExactly("efibootmgr --bootorder 0001,0000,0003");

        Pc off = new Pc(LISTING.replace("0001,0000", "0003,0001").replace("Boot0003*", "Boot0003 "), List.of(DEBIAN));
        assertThat(off.restored(GPT)).contains("0003");
        assertThat(off.changes).containsExactly("efibootmgr --bootnum 0003 --active");

        Pc right = new Pc(LISTING.replace("0001,0000", "0003,0001"), List.of(DEBIAN));
        assertThat(right.restored(GPT)).isEmpty();
        assertThat(right.changes).isEmpty();

        Pc noOrder = new Pc("Boot0001* net\tPci\n", List.of(DEBIAN));
        noOrder.restored(GPT);
        assertThat(noOrder.changes).last().isEqualTo("efibootmgr --bootorder 0001,0009");
    }

    @Test
    void anImageOfAUefiSystemOnAPcThatStartedByBiosIsTold() throws IOException {
        Manifest uefi = new Manifest(Instant.EPOCH, "test", List.of(image(GPT, 0)), List.of());
        assertThat(new BootEntry(root, new Pc("", List.of())).after(uefi, List.of(node(0)), Set.of()))
                .contains("this PC started by BIOS (CSM, legacy), and the image has no boot code");
        assertThat(new BootEntry(root, new Pc("", List.of())).after(uefi, List.of(node(0)), Set.of(1)))
                .as("of chosen partitions, the disk has a table of its own")
                .isEmpty();
    }

    @Test
    void aNewEntryComesLastSoThatTheNetworkStaysFirst() {
        String after = LISTING + "Boot0004* ubuntu\tHD(1,GPT,0000)/File(\\EFI\\ubuntu\\shimx64.efi)\n";
        assertThat(BootEntry.orderWith(LISTING, after)).contains("0001,0000,0004");
        assertThat(BootEntry.orderWith(LISTING, LISTING)).isEmpty();
    }
}
