package firstlight.image.luks;

import firstlight.image.disk.ViewFile;
import firstlight.image.extents.Volume;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Opens encrypted volumes of which one is looked at again and again: to try a passphrase takes seconds, and up to 1 GB of memory, which it
 * is made to. So each is tried once, one at a time.
 */
public final class KeyRing {
    private final Passphrases passphrases;
    private final Consumer<String> say;
    /** By what a volume begins with: clones have one UUID, and may have other passphrases and keys by now. */
    private final Map<ByteBuffer, Optional<LuksKey>> tried = new HashMap<>();

    /** The same of those for which there was too little memory at a try. */
    private final Set<ByteBuffer> starved = new HashSet<>();

    /** Those that opened something, the last one first: who encrypts several partitions often does it with one passphrase. */
    private final List<ByteBuffer> opening = new ArrayList<>();

    public KeyRing(Passphrases passphrases) {
        this(passphrases, words -> {});
    }

    /** @param say hears of each try where there is more than one passphrase */
    public KeyRing(Passphrases passphrases, Consumer<String> say) {
        this.passphrases = passphrases;
        this.say = say;
    }

    /** That opens nothing. */
    public static KeyRing empty() {
        return new KeyRing(Passphrases.NONE);
    }

    /**
     * @param window the volume's first octets, of which {@link firstlight.image.extents.Signatures} says that they are LUKS'
     * @return empty when no passphrase opens it, or when its cipher is not the usual one
     */
    public synchronized Optional<LuksKey> of(Volume volume, byte[] window) throws IOException {
        Optional<LuksKey> known = tried.get(ByteBuffer.wrap(window));
        if (known == null) {
            known = open(volume, window, likeliestFirst(passphrases.of(LuksVolume.uuid(window))));
            tried.put(ByteBuffer.wrap(window.clone()), known);
        }
        return known;
    }

    /** Why {@link #of} found no key for what begins with {@code window}, in words that follow "it is encrypted with LUKS, and". */
    public synchronized String whyClosed(byte[] window) {
        return starved.contains(ByteBuffer.wrap(window))
                ? "there is too little memory here to try a passphrase (Argon2id takes up to 1 GB)"
                : "no passphrase that was given opens it (or its cipher is not aes-xts-plain64)";
    }

    /** The same for who reads what is in it. */
    public Optional<Opened> opened(Volume volume, byte[] window) throws IOException {
        return of(volume, window).map(key -> new Opened(key.source(volume), key.offset()));
    }

    private List<ByteBuffer> likeliestFirst(List<byte[]> all) {
        SequencedSet<ByteBuffer> distinct = new LinkedHashSet<>();
        all.forEach(each -> distinct.add(ByteBuffer.wrap(each)));
        List<ByteBuffer> ordered = new ArrayList<>(opening);
        ordered.retainAll(distinct);
        distinct.removeAll(ordered);
        ordered.addAll(distinct);
        return ordered;
    }

    private Optional<LuksKey> open(Volume volume, byte[] window, List<ByteBuffer> ordered) throws IOException {
        if (ordered.isEmpty()) {
            return Optional.empty();
        }
        Optional<Path> path = volume.path();
        if (path.isPresent()) {
            return open(volume.name(), path.get(), window, ordered);
        }
        try (ViewFile view = ViewFile.of(volume)) {
            return open(volume.name(), view.path(), window, ordered);
        }
    }

    private Optional<LuksKey> open(String name, Path path, byte[] window, List<ByteBuffer> ordered) throws IOException {
        Optional<LuksVolume> volume = LuksVolume.of(path, window);
        for (int i = 0; volume.isPresent() && i < ordered.size(); i++) {
            if (ordered.size() > 1) {
                say.accept("trying passphrase " + (i + 1) + " of " + ordered.size() + " for " + name);
            }
            switch (volume.get().open(ordered.get(i).array())) {
                case LuksVolume.Attempt.Opened(LuksKey key) -> {
                    opening.remove(ordered.get(i));
                    opening.addFirst(ordered.get(i));
                    return Optional.of(key);
                }
                case LuksVolume.Attempt.Closed _ -> {}
                case LuksVolume.Attempt.NoMemory _ -> starved.add(ByteBuffer.wrap(window.clone()));
            }
        }
        return Optional.empty();
    }
}
