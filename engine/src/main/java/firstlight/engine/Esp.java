package firstlight.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What an EFI system partition has to start a system with, and which of it a boot entry is to name. Paths have slashes here, backslashes
 * in what firmware is told.
 */
final class Esp {
    private static final String WINDOWS_LOADER = "EFI/Microsoft/Boot/bootmgfw\\.efi";

    /** The folder of what is started without an entry, and of the programs that go on from there. */
    private static final String FALLBACKS = "boot";

    private Esp() {}

    /** Whose programs a firmware starts, as their names end. */
    enum Kind {
        X64,
        IA32;

        String fallback() {
            return "EFI/BOOT/BOOT" + this + ".EFI";
        }

        boolean hasFallback(List<String> files) {
            return fallback(files).isPresent();
        }

        private Optional<String> fallback(List<String> files) {
            return files.stream().filter(fallback()::equalsIgnoreCase).findFirst();
        }

        Kind other() {
            return this == X64 ? IA32 : X64;
        }

        /** What an ESP may start a system with, the best first; {@code *} is the system's own folder. */
        private List<String> loaders() {
            return Stream.concat(Stream.of(WINDOWS_LOADER), namedLoaders().stream())
                    .toList();
        }

        /** Those whose names tell for whom they are; Windows' has one name for both. */
        private List<String> namedLoaders() {
            List<String> loaders = new ArrayList<>(List.of(
                    "EFI/[^/]+/shim" + this + "\\.efi",
                    "EFI/[^/]+/grub" + this + "\\.efi",
                    "EFI/systemd/systemd-boot" + this + "\\.efi"));
            if (this == X64) { // openSUSE's and SLES' shim: Secure Boot refuses the GRUB beside it
                loaders.add(1, "EFI/[^/]+/shim\\.efi");
            }
            return loaders;
        }
    }

    /** What an ESP has for a firmware. */
    sealed interface Way {
        /** Firmware of its kind finds it, and nobody can tell more; or this is no ESP. */
        record NothingToDo() implements Way {}

        /**
         * Is to have an entry.
         *
         * @param file from the ESP's root
         * @param needed nothing else starts it
         */
        record Loader(String file, boolean needed) implements Way {}

        /** It starts firmware of the other kind only. */
        record OfOtherKind() implements Way {}

        /** Nobody can tell, as of a damaged FAT. */
        record Unreadable(String why) implements Way {}
    }

    /**
     * What an ESP has.
     *
     * @param files by their paths; FAT knows no case
     * @param copies those of them that are what the fallback is, octet for octet
     */
    record Contents(List<String> files, List<String> copies) {}

    /**
     * Four levels deep: {@code EFI/Microsoft/Boot/bootmgfw.efi}.
     *
     * @param folder where it is mounted
     */
    static Contents contents(Path folder, Kind kind) throws IOException {
        List<String> files;
        try (Stream<Path> all = Files.walk(folder, 4)) {
            files = all.map(file -> folder.relativize(file).toString()).toList();
        }
        List<String> copies = new ArrayList<>();
        Optional<String> fallback = kind.fallback(files);
        if (fallback.isPresent()) {
            for (String loader : found(kind.loaders(), files)) {
                if (Files.mismatch(folder.resolve(fallback.get()), folder.resolve(loader)) < 0) {
                    copies.add(loader);
                }
            }
        }
        return new Contents(files, copies);
    }

    @FunctionalInterface
    interface Listing {
        Contents contents() throws IOException;
    }

    /**
     * Of which systems there may be one, for which its loader is; those of systems that are gone may be left.
     *
     * @param linux on the ESP's own disk
     * @param anyLinux on any: on another disk than the ESP's it may be data
     * @param windows on any
     */
    record Systems(boolean linux, boolean anyLinux, boolean windows) {}

    /** A FAT that cannot be read is an answer, not an error: the restore was right. */
    static Way look(Listing listing, Systems systems, Kind kind) {
        try {
            return choose(listing.contents(), systems, kind);
        } catch (UncheckedIOException | IOException damaged) { // the former from within a walk
            return new Way.Unreadable(String.valueOf(damaged.getMessage()));
        }
    }

    static Way choose(Contents esp, Systems systems, Kind kind) {
        if (kind.hasFallback(esp.files)) {
            return besideFallback(esp, systems, kind)
                    .<Way>map(loader -> new Way.Loader(loader, false))
                    .orElseGet(Way.NothingToDo::new);
        }
        boolean ofOtherKind = kind.other().hasFallback(esp.files);
        List<String> found = found(ofOtherKind ? kind.namedLoaders() : kind.loaders(), esp.files);
        return found.isEmpty()
                ? ofOtherKind ? new Way.OfOtherKind() : new Way.NothingToDo()
                : new Way.Loader(found.getFirst(), true);
    }

    /**
     * The loader of the system that the fallback starts. One may be left of a system that is gone, so it is a copy of the fallback, or the only
     * one. A Linux that came after Windows leaves Windows' fallback alone, and has both in its menu. A fallback that is not Windows' may be the
     * menu with both as well (grub-install --removable, Limine); where there is no Linux, an update of Windows has left it as it was.
     */
    private static Optional<String> besideFallback(Contents esp, Systems systems, Kind kind) {
        List<String> named = !systems.linux
                ? List.of()
                : found(kind.namedLoaders(), esp.files).stream()
                        .filter(loader -> !folder(loader).equals(FALLBACKS))
                        .toList();
        List<String> windows = systems.windows ? found(List.of(WINDOWS_LOADER), esp.files) : List.of();
        List<String> copies = named.stream().filter(esp.copies::contains).toList();
        if (folders(copies) == 1) {
            return Optional.of(copies.getFirst());
        }
        if (folders(named) == 1) {
            return Optional.of(named.getFirst());
        }
        return windows.stream()
                .filter(loader -> esp.copies.contains(loader) || (named.isEmpty() && !systems.anyLinux))
                .findFirst();
    }

    private static long folders(List<String> loaders) {
        return loaders.stream().map(Esp::folder).distinct().count();
    }

    private static String folder(String loader) {
        return loader.split("/", -1)[1].toLowerCase(Locale.ROOT);
    }

    /** The files that {@code loaders} mean, the best first. */
    private static List<String> found(List<String> loaders, List<String> files) {
        return loaders.stream()
                .map(loader -> Pattern.compile(loader, Pattern.CASE_INSENSITIVE))
                .flatMap(wanted -> files.stream()
                        .filter(file -> wanted.matcher(file).matches())
                        .sorted())
                .toList();
    }
}
