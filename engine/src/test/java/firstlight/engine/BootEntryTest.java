package firstlight.engine;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.engine.BootEntry.Kind;
import firstlight.engine.BootEntry.Way;
import firstlight.image.Disk;
import firstlight.image.disk.Access;
import firstlight.image.disk.DiskFile;
import firstlight.image.disk.Tool;
import firstlight.image.manifest.DiskImage;
import firstlight.image.manifest.Manifest;
import firstlight.image.table.PartitionTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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

    @Test
    void aDiskThatEveryFirmwareFindsNeedsNoEntry() {
        assertThat(BootEntry.choose(List.of("EFI/Boot/bootx64.efi", "EFI/debian/shimx64.efi"), Kind.X64))
                .isEqualTo(new Way.NothingToDo());
        assertThat(BootEntry.choose(List.of("EFI/Boot/bootia32.efi", "EFI/debian/grubia32.efi"), Kind.IA32))
                .isEqualTo(new Way.NothingToDo());
        assertThat(BootEntry.choose(List.of("readme.txt"), Kind.X64)).isEqualTo(new Way.NothingToDo());
    }

    @Test
    void windowsComesBeforeShimAndShimBeforeGrub() {
        assertThat(BootEntry.choose(List.of("EFI/debian/grubx64.efi", "EFI/debian/shimx64.efi"), Kind.X64))
                .isEqualTo(new Way.Loader("EFI/debian/shimx64.efi"));
        assertThat(BootEntry.choose(List.of("EFI/ubuntu/shimx64.efi", "EFI/Microsoft/Boot/bootmgfw.efi"), Kind.X64))
                .isEqualTo(new Way.Loader("EFI/Microsoft/Boot/bootmgfw.efi"));
    }

    @Test
    void aFirmwareOf32BitsGetsItsOwnLoader() {
        assertThat(BootEntry.choose(List.of("EFI/debian/shimx64.efi", "EFI/debian/grubia32.efi"), Kind.IA32))
                .isEqualTo(new Way.Loader("EFI/debian/grubia32.efi"));
        assertThat(BootEntry.choose(List.of("EFI/BOOT/BOOTX64.EFI", "EFI/debian/grubia32.efi"), Kind.IA32))
                .isEqualTo(new Way.Loader("EFI/debian/grubia32.efi"));
    }

    @Test
    void aSystemForTheOtherKindOfFirmwareIsToldAndGetsNoEntryThatCannotStart() {
        assertThat(BootEntry.choose(List.of("EFI/Boot/bootx64.efi", "EFI/Microsoft/Boot/bootmgfw.efi"), Kind.IA32))
                .isEqualTo(new Way.OfOtherKind());
        assertThat(BootEntry.ofOtherKind(Kind.IA32))
                .isEqualTo(
                        ", but this PC's UEFI of 32 bits cannot start it: the ESP has only \\EFI\\BOOT\\BOOTX64.EFI");
        assertThat(BootEntry.choose(List.of("EFI/Boot/bootia32.efi", "EFI/Microsoft/Boot/bootmgfw.efi"), Kind.X64))
                .isEqualTo(new Way.OfOtherKind());
    }

    @Test
    void anEspThatCannotBeReadIsToldAndDoesNotUndoTheRestore() {
        IOException damaged = new IOException("/tmp/esp/EFI: Input/output error");
        Way unreadable = new Way.Unreadable("/tmp/esp/EFI: Input/output error");
        BootEntry.Listing ofItself = () -> {
            throw damaged;
        };
        BootEntry.Listing inAFolder = () -> { // java.nio.file.Files.walk
            throw new UncheckedIOException("/tmp/esp/EFI: Input/output error", damaged);
        };
        assertThat(BootEntry.look(ofItself, Kind.X64)).isEqualTo(unreadable);
        assertThat(BootEntry.look(inAFolder, Kind.X64)).isEqualTo(unreadable);
        assertThat(BootEntry.look(() -> List.of("EFI/Boot/bootx64.efi"), Kind.X64))
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
                    for (String file : esps.get(esp)) {
                        Files.createDirectories(last.resolve(file));
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
                    if (command.contains("--verbose")) {
                        return new Tool(0, listing);
                    }
                    changes.add(String.join(" ", command));
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
                images.add(image(type, i));
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

    /** It has nodes, and nothing else is asked of it. */
    private static Disk node(int number) {
        return (Disk) Proxy.newProxyInstance(
                Disk.class.getClassLoader(),
                new Class<?>[] {Disk.class},
                (_, method, arguments) -> method.getName().equals("node")
                        ? Optional.of(Path.of((int) arguments[0] == 0 ? "/dev/disk" + number : "/dev/esp" + number))
                        : null);
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
