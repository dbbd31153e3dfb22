package firstlight.image.store;

import firstlight.image.chunk.ChunkFrame;
import java.io.IOException;
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

    private enum Harm {
        BIT,
        END
    }

    private final Set<String> rotting;
    private final Set<String> sound;
    private final int oneIn;
    private final Random random;
    private final Map<String, Harm> places = new ConcurrentHashMap<>();
    private volatile boolean spreads = true;

    /** @param oneIn how many reads of frames that may rot find one that does */
    Rot(Collection<ChunkFrame> rotting, Collection<ChunkFrame> sound, int oneIn, long seed) {
        this.rotting = ids(rotting);
        this.sound = ids(sound);
        this.oneIn = oneIn;
        this.random = new Random(seed);
    }

    private static Set<String> ids(Collection<ChunkFrame> frames) {
        return frames.stream().map(frame -> frame.id().toString()).collect(Collectors.toUnmodifiableSet());
    }

    /** What rotted stays so; nothing else does from now on, and what can be read at all is read. */
    void stop() {
        spreads = false;
    }

    /** Places that rotted. */
    int count() {
        return places.size();
    }

    /** Whether {@code words} name chunks that may rot, and no others. */
    boolean explains(String words) {
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
            case END -> Optional.empty();
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
