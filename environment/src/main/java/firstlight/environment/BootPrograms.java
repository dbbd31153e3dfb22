package firstlight.environment;

import firstlight.model.IoReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The boot programs that firmware loads, from Debian packages that are unpacked and not installed. All of one release, whatever this
 * machine runs: iPXE needs autoexec, HTTPS and cached DHCP, which Debian 12's of 2019 has not.
 */
@SuppressWarnings("ImmutableEnumChecker") // the collections are List.of and Map.of
public enum BootPrograms {
    IPXE(
            List.of("ipxe"),
            Map.of(
                    "ipxe/undionly.kpxe", "usr/lib/ipxe/undionly.kpxe",
                    // Behind an iPXE in a ROM that lacks something.
                    "ipxe/ipxe.pxe", "usr/lib/ipxe/ipxe.pxe",
                    "ipxe/x64/snponly.efi", "usr/lib/ipxe/snponly.efi",
                    // With drivers of their own: for boot media, and for firmware whose network stack is broken.
                    "ipxe/ipxe.lkrn", "usr/lib/ipxe/ipxe.lkrn",
                    "ipxe/x64/ipxe.efi", "usr/lib/ipxe/ipxe.efi",
                    // Debian has no snponly for these; the full build drives the NIC itself or through the firmware.
                    "ipxe/arm64/snponly.efi", "usr/lib/ipxe/ipxe-arm64.efi",
                    "ipxe/riscv64/snponly.efi", "usr/lib/ipxe/ipxe-riscv64.efi",
                    "ipxe/loong64/snponly.efi", "usr/lib/ipxe/ipxe-loong64.efi")),
    PXELINUX(
            List.of("pxelinux", "syslinux-common"),
            Map.of(
                    "pxelinux/pxelinux.0", "usr/lib/PXELINUX/pxelinux.0",
                    "pxelinux/ldlinux.c32", "usr/lib/syslinux/modules/bios/ldlinux.c32",
                    "pxelinux/libcom32.c32", "usr/lib/syslinux/modules/bios/libcom32.c32",
                    "pxelinux/libutil.c32", "usr/lib/syslinux/modules/bios/libutil.c32",
                    "pxelinux/menu.c32", "usr/lib/syslinux/modules/bios/menu.c32")),
    /** Shim asks for the loader beside itself, under this name; Debian's network image is another file of the package. */
    GRUB(
            List.of("shim-signed", "shim-helpers-amd64-signed", "grub-efi-amd64-signed"),
            Map.of(
                    "shimx64.efi", "usr/lib/shim/shimx64.efi.signed",
                    "mmx64.efi", "usr/lib/shim/mmx64.efi.signed",
                    "grubx64.efi", "usr/lib/grub/x86_64-efi-signed/grubnetx64.efi.signed")),
    /** A boot medium's GRUB reads disks, not the network; shim is the same. */
    MEDIUM(
            List.of("shim-signed", "shim-helpers-amd64-signed", "grub-efi-amd64-signed"),
            Map.of(
                    "shimx64.efi", "usr/lib/shim/shimx64.efi.signed",
                    "mmx64.efi", "usr/lib/shim/mmx64.efi.signed",
                    "medium/gcdx64.efi", "usr/lib/grub/x86_64-efi-signed/gcdx64.efi.signed")),
    /** For UEFI of 32 bits: Debian has no iPXE for it, and no iPXE there starts a kernel of 64 bits, which GRUB does. Signed by nobody. */
    GRUB_IA32(
            List.of("grub-efi-ia32-unsigned"),
            Map.of(
                    "grubia32.efi", "usr/lib/grub/i386-efi/monolithic/grubnetia32.efi",
                    "medium/gcdia32.efi", "usr/lib/grub/i386-efi/monolithic/gcdia32.efi"));

    private static final String RELEASE = "trixie";

    private final List<String> packages;
    private final Map<String, String> files;

    BootPrograms(List<String> packages, Map<String, String> files) {
        this.packages = packages;
        this.files = files;
    }

    /** Names in the boot-file namespace that are not in {@code root} yet. */
    public List<String> missing(Path root) {
        return files.keySet().stream()
                .filter(name -> !Files.isRegularFile(root.resolve(name)))
                .sorted()
                .toList();
    }

    /**
     * Puts them into {@code root}; what an operator has put there already stays. What Firstlight put there is renewed when the cache has another,
     * which {@code refresh} asks the archives for: firmware comes to refuse old ones (SBAT).
     *
     * @return names of what stays though the cache has another: nobody knows it for Firstlight's
     */
    public List<String> place(Path cache, Path root, boolean refresh, Progress progress) throws BuildFailedException {
        return place(cache, root, refresh, Path.of("/etc"), progress);
    }

    /** @param etc the machine's */
    List<String> place(Path cache, Path root, boolean refresh, Path etc, Progress progress)
            throws BuildFailedException {
        Path programs = cache.resolve("boot-programs");
        try (BuildLock _ = BuildLock.in(programs, progress)) {
            Path kept = programs.resolve(RELEASE);
            OwnFiles own = OwnFiles.in(programs);
            own.addAll(present(kept)); // of a cache that wrote down nothing
            if (refresh
                    || !present(kept)
                            .containsAll(
                                    missing(root).stream().map(kept::resolve).toList())) {
                fetch(kept, etc, progress);
                own.addAll(present(kept));
            }
            List<String> others = new ArrayList<>();
            for (String name : files.keySet().stream().sorted().toList()) {
                Path from = kept.resolve(name);
                Path to = root.resolve(name);
                if (Files.isRegularFile(from) && !isSame(from, to)) {
                    if (own.mayBeReplaced(to)) {
                        copy(from, to);
                    } else {
                        others.add(name);
                    }
                }
            }
            return others;
        } catch (IOException e) {
            throw new BuildFailedException(
                    "the boot programs cannot be written: " + IoReason.withFile(e),
                    "look at the space and the permissions of " + cache + " and " + root);
        }
    }

    private static boolean isSame(Path one, Path other) throws IOException {
        return Files.isRegularFile(other) && Files.mismatch(one, other) < 0;
    }

    private List<Path> present(Path kept) {
        return files.keySet().stream()
                .map(kept::resolve)
                .filter(Files::isRegularFile)
                .toList();
    }

    /** What apt (2.6) says of a release that an archive does not have: by HTTP, and of folders. */
    private static final Pattern NO_SUCH_RELEASE =
            Pattern.compile("does not have a Release file|404 +Not Found|No such file or directory");

    private void fetch(Path kept, Path etc, Progress progress) throws BuildFailedException, IOException {
        Apt apt = new Apt(kept.resolve("apt"), progress);
        try {
            apt.update(sources(etc, true));
        } catch (BuildFailedException e) {
            if (!NO_SUCH_RELEASE.matcher(String.valueOf(e.getMessage())).find()) {
                throw e; // an archive that is away for a moment: without it older ones would come
            }
            apt.update(sources(etc, false)); // a mirror of the machine's own release may have no other's
        }
        List<Apt.Version> versions = apt.closure(packages).stream()
                .filter(version -> packages.contains(version.name()))
                .toList();
        Packages unpacked = Packages.of(apt.unpacked(versions));
        for (Map.Entry<String, String> entry : files.entrySet()) {
            Path file = unpacked.file(entry.getValue())
                    .orElseThrow(() -> new BuildFailedException(
                            "the packages " + versions + " have no " + entry.getValue(),
                            "put the file " + entry.getKey() + " into the boot-file root by hand"));
            copy(file, kept.resolve(entry.getKey()));
        }
    }

    /**
     * The machine's own archives with the release replaced.
     *
     * @param security whether its security archive as well: a shim or GRUB that firmware is about to refuse is renewed there first
     */
    private static String sources(Path etc, boolean security) throws IOException {
        String codename = AptSources.codename(Files.readString(etc.resolve("os-release")));
        List<String> stanzas = new ArrayList<>();
        for (String stanza : AptSources.ofMachine(etc, false).split("\n\n", -1)) {
            for (String suite : security ? List.of("", "-security") : List.of("")) {
                if (stanza.lines().anyMatch(line -> line.matches("Suites:(.*\\s)?" + codename + suite + "(\\s.*)?"))) {
                    stanzas.add(stanza.replaceAll("(?m)^Suites:.*$", "Suites: " + RELEASE + suite));
                }
            }
        }
        return String.join("\n\n", stanzas);
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to.getParent());
        Path unfinished = to.resolveSibling(to.getFileName() + ".unfinished");
        Files.copy(from, unfinished, StandardCopyOption.REPLACE_EXISTING);
        Files.move(unfinished, to, StandardCopyOption.ATOMIC_MOVE);
    }
}
