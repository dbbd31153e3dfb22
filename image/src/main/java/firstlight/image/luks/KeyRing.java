package firstlight.image.luks;

import firstlight.image.disk.ViewFile;
import firstlight.image.extents.Volume;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Opens encrypted volumes of which one is looked at again and again: to try a passphrase takes a second, which it is made to. For one
 * thread.
 */
public final class KeyRing {
    private final Passphrases passphrases;
    private final Map<String, Optional<LuksKey>> tried = new HashMap<>();

    public KeyRing(Passphrases passphrases) {
        this.passphrases = passphrases;
    }

    /** That opens nothing. */
    public static KeyRing empty() {
        return new KeyRing(Passphrases.NONE);
    }

    /**
     * @param window the volume's first octets, of which {@link firstlight.image.extents.Signatures} says that they are LUKS'
     * @return empty when no passphrase opens it, or when its cipher is not the usual one
     */
    public Optional<LuksKey> of(Volume volume, byte[] window) throws IOException {
        String uuid = LuksVolume.uuid(window);
        Optional<LuksKey> known = tried.get(uuid);
        if (known == null) {
            known = open(volume, window, passphrases.of(uuid));
            tried.put(uuid, known);
        }
        return known;
    }

    private static Optional<LuksKey> open(Volume volume, byte[] window, List<byte[]> passphrases) throws IOException {
        if (passphrases.isEmpty()) {
            return Optional.empty();
        }
        try (ViewFile view = ViewFile.of(volume)) {
            return LuksVolume.key(view.path(), window, passphrases);
        }
    }
}
