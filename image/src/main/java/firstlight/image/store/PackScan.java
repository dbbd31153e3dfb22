package firstlight.image.store;

import firstlight.image.chunk.ChunkCodec;
import firstlight.image.chunk.ChunkFrame;
import firstlight.image.chunk.DamagedChunk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What a pack without a list holds, as after a crash: every frame is unpacked and hashed, for the last ones may never have
 * reached the medium. Deltas can be only when all packs are loaded: their bases may lie in later ones.
 *
 * @param frames all of them, the damaged ones too
 * @param end where reading ended
 * @param whole sound frames that stand for themselves
 * @param deltas not unpacked yet
 */
record PackScan(
        int number,
        Pack pack,
        int frames,
        long end,
        List<PackList.Entry> whole,
        List<PackList.Entry> deltas,
        boolean listDamaged) {
    /** So far behind a damaged header is the next frame looked for: some frames may be damaged, one after the other. */
    private static final long SEARCHED = 4 << 20;

    private static final long PAGE = 4096;

    /** @param listDamaged the pack was closed: behind what is damaged there may be more */
    static PackScan of(int number, Pack pack, boolean listDamaged) throws IOException {
        List<PackList.Entry> whole = new ArrayList<>();
        List<PackList.Entry> deltas = new ArrayList<>();
        int frames = 0;
        long offset = 0;
        try (ChunkCodec codec = new ChunkCodec(1)) {
            while (true) {
                Optional<ChunkFrame> read = read(pack, offset);
                if (read.isEmpty()) {
                    long next = listDamaged && offset < pack.size() ? next(pack, offset, codec) : -1;
                    if (next < 0) {
                        return new PackScan(number, pack, frames, offset, whole, deltas, listDamaged);
                    }
                    frames++; // at least one
                    offset = next;
                    continue;
                }
                ChunkFrame frame = read.get();
                PackList.Entry entry = new PackList.Entry(frame.id(), offset, Delta.base(frame.frame()));
                if (entry.base().isPresent()) {
                    deltas.add(entry);
                } else if (isSound(codec, frame)) { // else it is not listed: whoever has it is asked for it again
                    whole.add(entry);
                }
                frames++;
                offset += PackFile.HEADER + frame.frame().length;
            }
        }
    }

    private static boolean isSound(ChunkCodec codec, ChunkFrame frame) {
        try {
            codec.check(frame.id(), frame.frame());
            return true;
        } catch (DamagedChunk damaged) {
            return false;
        }
    }

    /** Where the next frame begins, behind one whose header is damaged; -1 when none does soon. */
    private static long next(Pack pack, long damaged, ChunkCodec codec) throws IOException {
        long end = Math.min(pack.size(), damaged + SEARCHED);
        for (long offset = damaged + 1; offset + PackFile.HEADER < end; offset++) {
            try {
                Optional<ChunkFrame> frame = pack.read(offset);
                if (frame.isPresent() && (Delta.base(frame.get().frame()).isPresent() || isSound(codec, frame.get()))) {
                    return offset;
                }
            } catch (IOException unreadable) {
                if (!MediumError.is(unreadable)) {
                    throw unreadable;
                }
                offset |= PAGE - 1; // the rest of it is not read either
            }
        }
        return -1;
    }

    /** Where a sector is bad nobody knows how long the frame is. */
    private static Optional<ChunkFrame> read(Pack pack, long offset) throws IOException {
        try {
            return pack.read(offset);
        } catch (IOException unreadable) {
            if (MediumError.is(unreadable)) {
                return Optional.empty();
            }
            throw unreadable;
        }
    }

    /** What to say of a list that was damaged and is made anew, with so many sound chunks. */
    Optional<String> trouble(int sound, String store) throws IOException {
        if (!listDamaged) {
            return Optional.empty();
        }
        int unsound = frames - sound;
        return Optional.of(
                "The list of " + pack.name() + " in " + store + " was damaged and was made anew from the pack: "
                        + sound + " chunks are sound"
                        + (unsound == 0 ? "" : ", " + unsound + " are damaged")
                        + (end == pack.size() ? "" : ", what lies behind offset " + end + " is lost"));
    }

    interface Soundness {
        boolean isSound(ChunkCodec codec, ChunkFrame frame) throws IOException;
    }

    /** All that is sound, by rising offset. */
    List<PackList.Entry> entries(Soundness soundness) throws IOException {
        List<PackList.Entry> sound = new ArrayList<>(whole);
        try (ChunkCodec codec = new ChunkCodec(1)) {
            for (PackList.Entry delta : deltas) {
                var frame = read(pack, delta.offset());
                if (frame.isPresent() && soundness.isSound(codec, frame.get())) {
                    sound.add(delta);
                }
            }
        }
        sound.sort(Comparator.comparingLong(PackList.Entry::offset));
        return sound;
    }
}
