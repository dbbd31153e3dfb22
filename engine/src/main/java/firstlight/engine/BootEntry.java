package firstlight.engine;

import firstlight.image.disk.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Sees to it that a UEFI firmware finds the restored system. A disk whose ESP has {@code \EFI\BOOT\BOOTX64.EFI} is found by
 * every firmware; without it there has to be a boot entry in the PC's own memory, which no image can bring along.
 */
final class BootEntry {
    private static final String FALLBACK = "EFI/BOOT/BOOTX64.EFI";

    /** What an ESP may start a system with, the best first; {@code *} is the system's own folder. */
    private static final List<String> LOADERS = List.of(
            "EFI/Microsoft/Boot/bootmgfw\\.efi",
            "EFI/[^/]+/shimx64\\.efi",
            "EFI/[^/]+/grubx64\\.efi",
            "EFI/systemd/systemd-bootx64\\.efi");

    private static final Pattern ORDER = Pattern.compile("(?m)^BootOrder: ([0-9A-Fa-f]{4}(?:,[0-9A-Fa-f]{4})*)$");
    private static final Pattern ENTRY = Pattern.compile("(?m)^Boot([0-9A-Fa-f]{4})\\*? (.*)$");

    private BootEntry() {}

    /**
     * Makes an entry for the ESP when it is needed, behind all others: that the network comes first is the site's choice.
     *
     * @return what was done, in words; "" when nothing had to be
     */
    static String ensure(Path disk, int partition, Path esp) throws IOException {
        Optional<String> loader = loaderOn(esp);
        if (loader.isEmpty() || !Files.isDirectory(Path.of("/sys/firmware/efi"))) {
            return "";
        }
        Tool listing = Tool.run(List.of("efibootmgr", "--verbose"));
        if (!listing.succeeded()) {
            return ", no UEFI boot entry could be made: " + listing.lastLine();
        }
        Tool uuid = Tool.run(List.of("blkid", "-p", "-o", "value", "-s", "PART_ENTRY_UUID", esp.toString()));
        if (isKnown(listing.output(), uuid.output(), loader.get())) {
            return "";
        }
        String label = label(loader.get());
        Tool made = Tool.run(List.of(
                "efibootmgr",
                "--create-only",
                "--disk",
                disk.toString(),
                "--part",
                String.valueOf(partition),
                "--loader",
                "\\" + loader.get().replace('/', '\\'),
                "--label",
                label));
        Optional<String> order = orderWith(listing.output(), made.output());
        boolean done = made.succeeded()
                && (order.isEmpty()
                        || Tool.run(List.of("efibootmgr", "--bootorder", order.get()))
                                .succeeded());
        return done
                ? ", UEFI boot entry '" + label + "' made"
                : ", no UEFI boot entry could be made: " + made.lastLine();
    }

    /** The loader that needs an entry; empty when none does, or when this is no ESP. */
    private static Optional<String> loaderOn(Path esp) throws IOException {
        Path folder = Files.createTempDirectory("esp");
        try {
            if (!Tool.run(List.of("mount", "-t", "vfat", "-o", "ro", esp.toString(), folder.toString()))
                    .succeeded()) {
                return Optional.empty();
            }
            try (Stream<Path> files = Files.walk(folder, 4)) {
                return choose(
                        files.map(file -> folder.relativize(file).toString()).toList());
            } finally {
                Tool.run(List.of("umount", folder.toString()));
            }
        } finally {
            Files.deleteIfExists(folder);
        }
    }

    /** @param files of an ESP, by their paths; FAT knows no case */
    static Optional<String> choose(List<String> files) {
        if (files.stream().anyMatch(FALLBACK::equalsIgnoreCase)) {
            return Optional.empty();
        }
        for (String loader : LOADERS) {
            Pattern wanted = Pattern.compile(loader, Pattern.CASE_INSENSITIVE);
            Optional<String> found = files.stream()
                    .filter(file -> wanted.matcher(file).matches())
                    .sorted()
                    .findFirst();
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    /** Whether {@code efibootmgr --verbose} lists an entry for that loader on that partition. */
    static boolean isKnown(String listing, String partitionUuid, String loader) {
        String file = loader.replace('/', '\\').toLowerCase(Locale.ROOT);
        return !partitionUuid.isBlank()
                && listing.toLowerCase(Locale.ROOT)
                        .lines()
                        .anyMatch(line ->
                                line.contains(partitionUuid.strip().toLowerCase(Locale.ROOT)) && line.contains(file));
    }

    /** The boot order with the entry that {@code after} lists and {@code before} did not, at its end; empty without one. */
    static Optional<String> orderWith(String before, String after) {
        List<String> order = new ArrayList<>();
        Matcher listed = ORDER.matcher(before);
        if (listed.find()) {
            order.addAll(List.of(listed.group(1).split(",", -1)));
        }
        List<String> old = entries(before);
        List<String> fresh =
                entries(after).stream().filter(entry -> !old.contains(entry)).toList();
        order.addAll(fresh);
        return fresh.isEmpty() ? Optional.empty() : Optional.of(String.join(",", order));
    }

    private static List<String> entries(String listing) {
        List<String> entries = new ArrayList<>();
        Matcher matcher = ENTRY.matcher(listing);
        while (matcher.find()) {
            entries.add(matcher.group(1));
        }
        return entries;
    }

    private static String label(String loader) {
        String folder = loader.split("/", -1)[1];
        return folder.equalsIgnoreCase("Microsoft") ? "Windows Boot Manager" : folder;
    }
}
