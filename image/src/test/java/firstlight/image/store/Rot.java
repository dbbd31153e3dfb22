package firstlight.image.store;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.chunk.ChunkFrame;
import firstlight.image.manifest.Manifest;
import firstlight.image.manifest.ManifestCodec;
import firstlight.model.Bytes;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A disk that goes bad under some of the chunks that lie on it: bits flip and a pack ends early, for good; reads fail, once. Other
 * chunks in the same packs stay as they are. What fails is explained only when it names chunks that may rot, and none besides.
 */
final class Rot {
    /** A sound disk: explains nothing. */
    static final Rot NONE = new Rot(List.of(), List.of(), 0, 0);

    private static final Pattern ID = Pattern.compile("\\b[0-9a-f]{64}\\b");
    private static final String EIO = "Input/output error";

    private static final Pattern VERSION = Pattern.compile("\\b([a-z]+)@([0-9]+)\\b");
    private static final Pattern MANIFEST = Pattern.compile("([a-z]+)/([0-9]+)\\.manifest$");
    private static final Pattern NUMBER = Pattern.compile("([0-9]+)\\.(manifest|notes)$");

    private enum Harm {
        BIT,
        END,
        /** Of a manifest's file. */
        GONE
    }

    private final Set<String> rotting;
    private final Set<String> sound;
    private final int oneIn;
    private final Random random;
    private final Map<String, Harm> places = new ConcurrentHashMap<>();
    private final Map<String, Harm> files = new ConcurrentHashMap<>();
    /** Versions whose manifests rotted, some of them mended since. */
    private final Set<String> versions = ConcurrentHashMap.newKeySet();
    /** What another server has, by SHA-256. */
    private final Map<Bytes, byte[]> copies = new ConcurrentHashMap<>();

    private volatile boolean spreads = true;
    private volatile boolean inFiles;

    /** @param oneIn how many reads of frames that may rot find one that does */
    Rot(Collection<ChunkFrame> rotting, Collection<ChunkFrame> sound, int oneIn, long seed) {
        this.rotting = ids(rotting);
        this.sound = ids(sound);
        this.oneIn = oneIn;
        this.random = new Random(seed);
        this.inFiles = oneIn > 0;
    }

    /** Manifests, notes and lists stay as they are. */
    Rot inChunksOnly() {
        inFiles = false;
        return this;
    }

    private static Set<String> ids(Collection<ChunkFrame> frames) {
        return frames.stream().map(frame -> frame.id().toString()).collect(Collectors.toUnmodifiableSet());
    }

    /** What rotted stays so; nothing else does from now on, and what can be read at all is read. */
    void stop() {
        spreads = false;
    }

    /** Another server has it. */
    void keep(Manifest manifest) throws IOException {
        if (inFiles) {
            byte[] encoded = ManifestCodec.encode(manifest);
            copies.put(ManifestCodec.digest(encoded), encoded);
        }
    }

    /** Damaged manifests become whole again, as by a verification. */
    void heal(ImageStore store) throws IOException {
        for (ImageVersion version : store.list()) {
            try {
                store.encoded(version);
            } catch (IOException damaged) {
                if (store.find(version.image(), version.number()).isPresent()) {
                    byte[] copy = copies.get(version.digest());
                    assertThat(copy).as("%s, %s", version, damaged).isNotNull();
                    store.mend(version, copy);
                }
            }
        }
    }

    /** Places that rotted. */
    int count() {
        return places.size();
    }

    /** Some files rot, whether they are read or not. */
    void rot(Collection<String> names) {
        names.stream()
                .filter(this::mayRot)
                .forEach(name -> harm(name, name.endsWith(".manifest") ? Harm.GONE : Harm.END));
    }

    /** Of one version either the manifest or the notes: what lost both nobody can know. */
    private boolean mayRot(String name) {
        Matcher file = NUMBER.matcher(name);
        return file.find()
                ? (Integer.parseInt(file.group(1)) % 2 == 0) == file.group(2).equals("manifest")
                : name.endsWith(PackList.SUFFIX);
    }

    private void harm(String name, Harm harm) {
        Matcher manifest = MANIFEST.matcher(name);
        if (manifest.find()) {
            versions.add(manifest.group(1) + "@" + manifest.group(2));
        }
        files.putIfAbsent(name, harm);
    }

    /** Whether {@code words} name chunks that may rot, and no others, or a version whose manifest did. */
    boolean explains(String words) {
        Matcher version = VERSION.matcher(words);
        if (version.find() && versions.contains(version.group())) {
            return true;
        }
        Matcher named = ID.matcher(words);
        boolean any = false;
        while (named.find()) {
            if (sound.contains(named.group())) {
                return false;
            }
            any |= rotting.contains(named.group()); // others are what a flipped bit made of one
        }
        return any;
    }

    boolean explains(Damage damage) {
        return rotting.contains(damage.chunk().toString());
    }

    boolean explains(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String words = String.valueOf(cause.getMessage());
            if (explains(words) || (!rotting.isEmpty() && words.contains(EIO))) {
                return true;
            }
        }
        return false;
    }

    Shelf over(Shelf shelf) {
        return new WatchedShelf(shelf) {
            @Override
            Optional<ChunkFrame> readFrame(String pack, long offset, Optional<ChunkFrame> frame) throws IOException {
                return frame.isPresent() && rotting.contains(frame.get().id().toString())
                        ? harmed(pack + "@" + offset, frame.get())
                        : frame;
            }

            @Override
            byte[] readFile(String name, byte[] content) throws IOException {
                return inFiles && mayRot(name) ? harmed(name, content) : content;
            }

            @Override
            boolean isThere(String name) {
                return files.get(name) != Harm.GONE;
            }

            @Override
            void beforeWrite(String name) {
                files.remove(name);
            }
        };
    }

    private byte[] harmed(String name, byte[] content) throws IOException {
        if (spreads && draw(3 * oneIn)) {
            throw new IOException(EIO);
        }
        if (spreads && draw(oneIn)) {
            Harm harm = draw(3) ? Harm.END : Harm.BIT;
            harm(name, name.endsWith(".manifest") && draw(3) ? Harm.GONE : harm);
        }
        Harm harm = files.get(name);
        return harm == null
                ? content
                : switch (harm) {
                    case GONE -> throw new NoSuchFileException(name);
                    case END -> Arrays.copyOf(content, content.length / 2);
                    case BIT -> {
                        byte[] octets = content.clone();
                        octets[octets.length / 2] ^= 0x10;
                        yield octets;
                    }
                };
    }

    private Optional<ChunkFrame> harmed(String place, ChunkFrame frame) throws IOException {
        if (spreads && draw(3 * oneIn)) {
            throw new IOException(EIO);
        }
        if (spreads && draw(oneIn)) {
            places.putIfAbsent(place, draw(3) ? Harm.END : Harm.BIT);
        }
        Harm harm = places.get(place);
        if (harm == null) {
            return Optional.of(frame);
        }
        return switch (harm) {
            case END, GONE -> Optional.empty();
            case BIT -> {
                byte[] octets = Arrays.copyOf(frame.frame(), frame.frame().length);
                octets[octets.length / 2] ^= 0x10;
                yield Optional.of(new ChunkFrame(frame.id(), octets));
            }
        };
    }

    private boolean draw(int of) {
        synchronized (random) {
            return random.nextInt(of) == 0;
        }
    }
}
