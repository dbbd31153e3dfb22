package firstlight.environment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What UEFI firmware reads of a boot medium: a FAT file system with Debian's shim (signed by Microsoft) and the GRUB that it starts
 * (signed by Debian), so that it starts with Secure Boot on or off. Firmware of 32 bits finds a GRUB that nobody signed.
 *
 * @param boot the boot-file root, with {@link BootPrograms#MEDIUM} and {@link BootPrograms#GRUB_IA32} in it
 */
record EfiStart(Path boot) {
    /** Shim, its key program and two GRUBs take 6 MB; El Torito counts sectors in 16 bits, so 32 MiB are the most. */
    private static final int KIB = 8192;

    private static final String PACKAGES = "apt-get install mtools dosfstools";

    /**
     * Writes the file system to {@code image}.
     *
     * @param mark the path of a file that no other file system of the PC has: by it GRUB finds the medium, whatever drive that is
     */
    void write(Path image, String mark) throws BuildFailedException, IOException {
        Command.run(List.of("mkfs.fat", "-C", "-n", "EFI", image.toString(), Integer.toString(KIB)), PACKAGES);
        Command.run(List.of("mmd", "-i", image.toString(), "::EFI", "::EFI/BOOT", "::boot", "::boot/grub"), PACKAGES);
        copy(image, boot.resolve("shimx64.efi"), "EFI/BOOT/BOOTX64.EFI");
        copy(image, boot.resolve("mmx64.efi"), "EFI/BOOT/mmx64.efi");
        // Shim asks for this name beside itself.
        copy(image, boot.resolve("medium/gcdx64.efi"), "EFI/BOOT/grubx64.efi");
        copy(image, boot.resolve("medium/gcdia32.efi"), "EFI/BOOT/BOOTIA32.EFI");
        Path config = Files.createTempFile("firstlight", ".cfg");
        try {
            Files.writeString(config, config(mark));
            copy(image, config, "boot/grub/grub.cfg");
        } finally {
            Files.delete(config);
        }
    }

    /** The signed GRUB's prefix is /boot/grub on the file system it came from: this one, which has no room for a kernel. */
    static String config(String mark) {
        return """
                search --no-floppy --set=root --file %s
                set prefix=($root)/boot/grub
                source $prefix/grub.cfg
                """.formatted(mark);
    }

    private static void copy(Path image, Path from, String to) throws BuildFailedException {
        Command.run(List.of("mcopy", "-i", image.toString(), from.toString(), "::" + to), PACKAGES);
    }
}
