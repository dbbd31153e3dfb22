package firstlight.environment;

import firstlight.model.IoReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A medium that starts a PC without PXE: the preboot client, or the imaging environment with nobody to ask. One file for BIOS and
 * UEFI, for a CD as well as (octet by octet) a USB disk; GRUB reads it, so what firmware can read of a disk is enough.
 *
 * @param boot the boot-file root, with iPXE and a finished environment
 */
public record BootMedium(Path boot, Settings settings) {
    private static final int SECTOR = 512;
    private static final String PACKAGES = "apt-get install grub-common grub-pc-bin xorriso mtools";
    /** In a medium's tree. */
    private static final String EFI_IMAGE = "boot/grub/efi.img";
    /**
     * Our answer names a file, or sends the PC to its firmware's menu or its disk; "autoboot" plays such menus, in iPXE's BIOS builds only. It
     * asks DHCP once more, so a file is loaded without it. Beside another PXE server either may come.
     */
    private static final String WHOEVER_ANSWERS = """
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
            """;

    /** GRUB's module directory for BIOS: with it alone, grub-mkrescue leaves UEFI to {@link EfiStart}. */
    private static final String BIOS_MODULES = "/usr/lib/grub/i386-pc";

    /**
     * What the medium knows of its network.
     *
     * @param server where the preboot client asks, {@code http://ADDRESS:PORT}; empty: whoever answers its DHCP question
     * @param pin SHA-256 of that server's certificate, hexadecimal: the only one that the environment trusts then
     * @param address of the PC; empty: by DHCP
     * @param arguments further ones for the environment's kernel
     * @param start what its menu takes by itself after {@code seconds}
     */
    public record Settings(
            Optional<String> server,
            Optional<String> pin,
            Optional<StaticAddress> address,
            String arguments,
            int seconds,
            Start start) {}

    /** The lines of its menu. */
    public enum Start {
        /** The preboot client. */
        NETWORK,
        /** The imaging environment on the medium, which asks the server that is named. */
        ENVIRONMENT,
        /** The imaging environment without a server: a prompt. */
        PROMPT,
        LOCAL
    }

    /**
     * In dotted notation each.
     *
     * @param gateway empty where there is none: then only what is on the same network is reached
     */
    public record StaticAddress(String address, String netmask, String gateway) {}

    /** Writes the medium to {@code target}, whole or not at all. */
    public void write(Path target) throws BuildFailedException {
        Path parent = target.toAbsolutePath().getParent();
        if (parent != null && !Files.isDirectory(parent)) {
            throw new BuildFailedException("there is no folder " + parent, "make it first");
        }
        try {
            Path tree = Files.createTempDirectory("firstlight-medium");
            try {
                fill(tree);
                Path unfinished = target.resolveSibling(target.getFileName() + ".unfinished");
                try {
                    Command.run(
                            List.of(
                                    "grub-mkrescue",
                                    "--directory=" + BIOS_MODULES,
                                    "--output=" + unfinished,
                                    tree.toString(),
                                    "--efi-boot",
                                    EFI_IMAGE,
                                    "-efi-boot-part",
                                    "--efi-boot-image",
                                    "--",
                                    "-volid",
                                    "FIRSTLIGHT"),
                            PACKAGES);
                    Files.move(unfinished, target, StandardCopyOption.REPLACE_EXISTING);
                } finally {
                    Files.deleteIfExists(unfinished);
                }
            } finally {
                Folders.delete(tree);
            }
        } catch (IOException e) {
            throw new BuildFailedException(
                    "the medium cannot be written: " + IoReason.withFile(e),
                    "look at the space and the permissions of " + target);
        }
    }

    /**
     * Turns what {@link #write} wrote onto a disk, or into a file that was made larger, into a USB disk: what the medium leaves
     * free becomes a FAT partition named FIRSTLIGHT, for images ({@code img make /dev/sdb4 room12}).
     */
    public static void addImagePartition(Path disk) throws BuildFailedException {
        String file = disk.toString();
        String cure = "apt-get install gdisk dosfstools; look whether the disk is in use or too small";
        // The table's second half stands where the medium's image ended.
        Command.run(List.of("sgdisk", "--move-second-header", file), cure);
        Command.run(List.of("sgdisk", "--new=4:0:0", "--typecode=4:0700", "--change-name=4:FIRSTLIGHT", file), cure);
        String table = Command.run(List.of("sgdisk", "--info=4", file), cure);
        long first = number(table, "First sector: (\\d+)");
        long last = number(table, "Last sector: (\\d+)");
        Command.run(
                List.of(
                        "mkfs.fat",
                        "-I",
                        "-F",
                        "32",
                        "-n",
                        "FIRSTLIGHT",
                        "--offset",
                        Long.toString(first),
                        file,
                        Long.toString((last - first + 1) * SECTOR / 1024)),
                cure);
    }

    private static long number(String text, String pattern) throws BuildFailedException {
        Matcher found = Pattern.compile(pattern).matcher(text);
        if (!found.find()) {
            throw new BuildFailedException(
                    "the disk has no partition for images: " + text.strip(), "use a larger disk");
        }
        return Long.parseLong(found.group(1));
    }

    private void fill(Path tree) throws BuildFailedException, IOException {
        for (String name : files()) {
            Path file = tree.resolve("firstlight").resolve(Path.of(name).getFileName());
            Files.createDirectories(file.getParent());
            Files.copy(boot.resolve(name), file);
        }
        Files.writeString(tree.resolve("firstlight/autoexec.ipxe"), script());
        Path config = Files.createDirectories(tree.resolve("boot/grub")).resolve("grub.cfg");
        Files.writeString(config, menu());
        // Two media in one PC: each finds itself.
        String mark = "firstlight/medium-" + UUID.randomUUID();
        Files.writeString(tree.resolve(mark), "");
        new EfiStart(boot).write(tree.resolve(EFI_IMAGE), "/" + mark);
    }

    private List<String> files() {
        List<String> names = new ArrayList<>(
                List.of("ipxe/ipxe.lkrn", "ipxe/x64/ipxe.efi", "environment/vmlinuz", "environment/initramfs.zst"));
        if (hasUpdates()) {
            names.add("environment/updates.cpio.zst");
        }
        return names;
    }

    private boolean hasUpdates() {
        return Files.isRegularFile(boot.resolve("environment/updates.cpio.zst"));
    }

    /** The preboot client's: a network, then the server's own first script. */
    String script() {
        String network = settings.address()
                .map(fixed ->
                        "ifopen net0\nset net0/ip %s\nset net0/netmask %s\n".formatted(fixed.address(), fixed.netmask())
                                + (fixed.gateway().isEmpty() ? "" : "set net0/gateway %s\n".formatted(fixed.gateway())))
                .orElse("dhcp || goto failed\n");
        // Its end is the end of this script: one that goes on to the local disk fails, so that firmware does.
        String next = settings.server()
                .map(server -> "chain --replace --autofree " + server + "/boot.ipxe || goto failed\n")
                .orElse(WHOEVER_ANSWERS);
        String whom = settings.server().map(server -> " at " + server).orElse("");
        return "#!ipxe\necho Firstlight: starting from the network\n" + network + next
                + ":failed\nset gw none\nisset ${net0/gateway} && set gw ${net0/gateway} ||\necho No Firstlight server answered"
                + whom
                + ". This PC has ${net0/ip}/${net0/netmask}, gateway ${gw}.\n"
                + "echo Look at the cable, and whether the server runs. When address, gateway or server are wrong, make the medium"
                + " again:\necho firstlight media usb or iso ... --server http://ADDRESS:8080 --address --netmask --gateway\n"
                + "shell\n";
    }

    String menu() {
        String initrds = "/firstlight/initramfs.zst" + (hasUpdates() ? " /firstlight/updates.cpio.zst" : "");
        String asking = settings.server()
                .map(server -> """
                        menuentry "Firstlight: imaging environment, asks %s" --id environment {
                          linux /firstlight/vmlinuz %s%s panic=60 console=tty0 console=ttyS0,115200 %s
                          initrd %s
                        }
                        """.formatted(server, server(), address(), settings.arguments(), initrds))
                .orElse("");
        return """
                set timeout=%d
                set default=%s
                serial --unit=0 --speed=115200
                terminal_input --append serial
                terminal_output --append serial
                # With Secure Boot on: the preboot client is signed by nobody whom firmware knows. UEFI of 32 bits has none.
                if [ "$lockdown" = y -o "$grub_cpu-$grub_platform" = i386-efi ]; then
                  if [ "$default" = network ]; then
                    set default=%s
                  fi
                else
                menuentry "Firstlight: start from the network" --id network {
                  if [ "$grub_platform" = efi ]; then
                    chainloader /firstlight/ipxe.efi
                  else
                    linux16 /firstlight/ipxe.lkrn
                    initrd16 /firstlight/autoexec.ipxe
                  fi
                }
                fi
                %smenuentry "Firstlight: imaging environment, a prompt (img)" --id prompt {
                  linux /firstlight/vmlinuz firstlight.maintenance=1 firstlight.alone=1%s%s panic=60 console=tty0 console=ttyS0,115200 %s
                  initrd %s
                }
                menuentry "The local disk" --id local {
                  exit
                }
                """.formatted(
                        settings.seconds(),
                        word(settings.start()),
                        word(settings.server().isPresent() ? Start.ENVIRONMENT : Start.PROMPT),
                        asking,
                        settings.server().map(_ -> " " + server()).orElse(""),
                        address(),
                        settings.arguments(),
                        initrds);
    }

    private static String word(Start start) {
        return start.name().toLowerCase(Locale.ROOT);
    }

    /** Whom the environment asks, and by what it knows it. */
    private String server() {
        return "firstlight.ask=" + settings.server().orElse("")
                + settings.pin().map(pin -> " firstlight.pin=sha256:" + pin).orElse("");
    }

    /** What the environment's first process gives the card in place of a DHCP question. */
    private String address() {
        return settings.address()
                .map(fixed -> " firstlight.address=%s firstlight.netmask=%s".formatted(fixed.address(), fixed.netmask())
                        + (fixed.gateway().isEmpty() ? "" : " firstlight.gateway=" + fixed.gateway()))
                .orElse("");
    }
}
