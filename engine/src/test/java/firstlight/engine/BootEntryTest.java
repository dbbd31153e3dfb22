package firstlight.engine;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.engine.BootEntry.Kind;
import firstlight.engine.BootEntry.Way;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.junit.jupiter.api.Test;

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
        assertThat(BootEntry.isKnown(LISTING, uuid, "EFI/debian/shimx64.efi")).isTrue();
        assertThat(BootEntry.isKnown(LISTING, uuid, "EFI/ubuntu/shimx64.efi")).isFalse();
        assertThat(BootEntry.isKnown(LISTING, "", "EFI/debian/shimx64.efi")).isFalse();
    }

    @Test
    void aNewEntryComesLastSoThatTheNetworkStaysFirst() {
        String after = LISTING + "Boot0004* ubuntu\tHD(1,GPT,0000)/File(\\EFI\\ubuntu\\shimx64.efi)\n";
        assertThat(BootEntry.orderWith(LISTING, after)).contains("0001,0000,0004");
        assertThat(BootEntry.orderWith(LISTING, LISTING)).isEmpty();
    }
}
