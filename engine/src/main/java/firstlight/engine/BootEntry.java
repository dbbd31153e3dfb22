package firstlight.engine;

import firstlight.image.disk.Tool;
import java.io.IOException;
import java.io.UncheckedIOException;
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
 * every firmware of 64 bits ({@code BOOTIA32.EFI} by one of 32, which starts nothing else); without it there has to be a boot entry
 * in the PC's own memory, which no image can bring along.
 */
final class BootEntry {
    /** The bits of this PC's firmware: 64 or 32, whatever the processor has. */
    private static final Path BITS = Path.of("/sys/firmware/efi/fw_platform_size");

    /** Whose programs a firmware starts, as their names end. */
    enum Kind {
        X64,
        IA32;

        private String fallback() {
            return "EFI/BOOT/BOOT" + this + ".EFI";
        }

        private boolean hasFallback(List<String> files) {
            return files.stream().anyMatch(fallback()::equalsIgnoreCase);
        }

        private Kind other() {
            return this == X64 ? IA32 : X64;
        }

        /** What an ESP may start a system with, the best first; {@code *} is the system's own folder. */
        private List<String> loaders() {
            return Stream.concat(Stream.of("EFI/Microsoft/Boot/bootmgfw\\.efi"), namedLoaders().stream())
                    .toList();
        }

        /** Those whose names tell for whom they are; Windows' has one name for both. */
        private List<String> namedLoaders() {
            return List.of(
                    "EFI/[^/]+/shim" + this + "\\.efi",
                    "EFI/[^/]+/grub" + this + "\\.efi",
                    "EFI/systemd/systemd-boot" + this + "\\.efi");
        }
    }

    /** What an ESP has for a firmware. */
    sealed interface Way {
        /** Every firmware of its kind finds it; or this is no ESP. */
        record NothingToDo() implements Way {}

        /** Needs an entry. */
        record Loader(String file) implements Way {}

        /** It starts firmware of the other kind only. */
        record OfOtherKind() implements Way {}

        /** Nobody can tell, as of a damaged FAT. */
        record Unreadable(String why) implements Way {}
    }

    private static final Pattern ORDER = Pattern.compile("(?m)^BootOrder: ([0-9A-Fa-f]{4}(?:,[0-9A-Fa-f]{4})*)$");
    private static final Pattern ENTRY = Pattern.compile("(?m)^Boot([0-9A-Fa-f]{4})\\*? (.*)$");

    private BootEntry() {}

    /**
     * Makes an entry for the ESP when it is needed, behind all others: that the network comes first is the site's choice.
     *
     * @return what was done, in words; "" when nothing had to be
     */
    static String ensure(Path disk, int partition, Path esp) throws IOException {
        if (!Files.isRegularFile(BITS)) {
            return ""; // started by a BIOS
        }
        Kind kind = Files.readString(BITS).strip().equals("32") ? Kind.IA32 : Kind.X64;
        return switch (wayOn(esp, kind)) {
            case Way.NothingToDo _ -> "";
            case Way.Loader(String file) -> entry(disk, partition, esp, file);
            case Way.OfOtherKind _ -> ofOtherKind(kind);
            case Way.Unreadable(String why) -> unreadable(why);
        };
    }

    /** A system for x64 UEFI on a tablet with UEFI of 32 bits, or the reverse, is whole and never starts. */
    static String ofOtherKind(Kind kind) {
        return ", but this PC's UEFI of " + (kind == Kind.IA32 ? 32 : 64) + " bits cannot start it: the ESP has only \\"
                + kind.other().fallback().replace('/', '\\');
    }

    /** The restore is right all the same: what the ESP has is what the image has. */
    static String unreadable(String why) {
        return ", whether its ESP needs a UEFI boot entry cannot be told (" + why + ")";
    }

    private static String entry(Path disk, int partition, Path esp, String loader) throws IOException {
        Tool listing = Tool.run(List.of("efibootmgr", "--verbose"));
        if (!listing.succeeded()) {
            return ", no UEFI boot entry could be made: " + listing.lastLine();
        }
        Tool uuid = Tool.run(List.of("blkid", "-p", "-o", "value", "-s", "PART_ENTRY_UUID", esp.toString()));
        if (isKnown(listing.output(), uuid.output(), loader)) {
            return "";
        }
        String label = label(loader);
        Tool made = Tool.run(List.of(
                "efibootmgr",
                "--create-only",
                "--disk",
                disk.toString(),
                "--part",
                String.valueOf(partition),
                "--loader",
                "\\" + loader.replace('/', '\\'),
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

    private static Way wayOn(Path esp, Kind kind) throws IOException {
        Path folder = Files.createTempDirectory("esp");
        try {
            Tool mount = Tool.run(List.of("mount", "-t", "vfat", "-o", "ro", esp.toString(), folder.toString()));
            if (!mount.succeeded()) {
                return new Way.Unreadable(mount.lastLine());
            }
            try {
                return look(() -> files(folder), kind);
            } finally {
                Tool.run(List.of("umount", folder.toString()));
            }
        } finally {
            Files.deleteIfExists(folder);
        }
    }

    private static List<String> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder, 4)) {
            return files.map(file -> folder.relativize(file).toString()).toList();
        }
    }

    @FunctionalInterface
    interface Listing {
        /** The paths of an ESP's files. */
        List<String> files() throws IOException;
    }

    static Way look(Listing listing, Kind kind) {
        try {
            return choose(listing.files(), kind);
        } catch (UncheckedIOException | IOException damaged) { // the former from within a walk
            return new Way.Unreadable(String.valueOf(damaged.getMessage()));
        }
    }

    /** @param files of an ESP, by their paths; FAT knows no case */
    static Way choose(List<String> files, Kind kind) {
        if (kind.hasFallback(files)) {
            return new Way.NothingToDo();
        }
        boolean ofOtherKind = kind.other().hasFallback(files);
        for (String loader : ofOtherKind ? kind.namedLoaders() : kind.loaders()) {
            Pattern wanted = Pattern.compile(loader, Pattern.CASE_INSENSITIVE);
            Optional<String> found = files.stream()
                    .filter(file -> wanted.matcher(file).matches())
                    .sorted()
                    .findFirst();
            if (found.isPresent()) {
                return new Way.Loader(found.get());
            }
        }
        return ofOtherKind ? new Way.OfOtherKind() : new Way.NothingToDo();
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
