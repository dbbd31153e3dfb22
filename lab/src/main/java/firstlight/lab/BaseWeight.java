package firstlight.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * How heavy the imaging environment's base is, which each PC loads by what its firmware has. Whoever makes it heavier must make
 * it lighter elsewhere.
 *
 * @param octets of the compressed initramfs, as it travels
 * @param codename of the Debian release that it was made from, which is this host's
 */
record BaseWeight(long octets, String codename) {
    /** By the Debian release that it was made from. The aim is 40 MB; what trixie's kernel and libraries weigh more was measured (42.0 MB). */
    private static final Map<String, Long> MOST = Map.of("bookworm", 40_000_000L, "trixie", 42_500_000L);

    /** Of what {@link Home#prepare} has made. */
    static BaseWeight of(Home home) {
        Path file = home.cache().resolve("lab/prepared/boot/environment/initramfs.zst");
        try {
            return new BaseWeight(Files.size(file), SystemDisk.codename());
        } catch (IOException failure) {
            throw new LabFailure("cannot read " + file + ": " + failure.getMessage(), failure);
        }
    }

    /** What is wrong with it; empty where nothing is, or no release's limit is known. */
    Optional<String> tooMuch() {
        return Optional.ofNullable(MOST.get(codename))
                .filter(most -> octets > most)
                .map(most -> String.format(
                        Locale.ROOT,
                        "the imaging environment's initramfs has %,d octets, %,d more than it may have on %s: take out what it does not need"
                                + " (environment build prints its parts), or move it into an updates archive",
                        octets,
                        octets - most,
                        codename));
    }
}
