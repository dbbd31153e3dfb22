package firstlight.image.store;

import firstlight.image.chunk.ChunkCodec;
import firstlight.image.chunk.ChunkFrame;
import firstlight.image.chunk.DamagedChunk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a pack without a sound list holds, as after a crash: every frame is unpacked and hashed, for the last ones may never have
 * reached the medium. Versions that were published before the crash rely on the others, so that behind what is damaged the next sound
 * frame is looked for, up to the pack's end. Deltas can be unpacked only when all packs are loaded: their bases may lie in later ones.
 *
 * @param whole sound frames that stand for themselves
 * @param deltas not unpacked yet
 * @param damaged stretches between frames that hold none, or none that is sound: each of one frame or more
 * @param end behind the last frame
 * @param listDamaged the pack was closed
 */
record PackScan(
        int number,
        Pack pack,
        List<PackList.Entry> whole,
        List<PackList.Entry> deltas,
        int damaged,
        long end,
        boolean listDamaged) {

    /** @param listDamaged there was a list, so that the pack was whole once */
    static PackScan of(int number, Pack pack, boolean listDamaged) throws IOException {
        List<PackList.Entry> whole = new ArrayList<>();
        List<PackList.Entry> deltas = new ArrayList<>();
        FrameSearch search = new FrameSearch(pack);
        int damaged = 0;
        long end = 0;
        long from =
                0; // of the next search: first the place itself, for what was not read well may be at the second time
        OptionalLong next = OptionalLong.of(0);
        try (ChunkCodec codec = new ChunkCodec(1)) {
            while (next.isPresent()) {
                long offset = next.getAsLong();
                Optional<ChunkFrame> read = read(pack, offset).filter(frame -> isDelta(frame) || isSound(codec, frame));
                if (read.isEmpty()) {
                    next = search.next(from);
                    from = next.orElse(from) + 1;
                    continue;
                }
                ChunkFrame frame = read.get();
                damaged += offset == end ? 0 : 1;
                end = offset + PackFile.HEADER + frame.frame().length;
                from = isDelta(frame) ? offset + 1 : end; // a delta's length is not proved yet
                (isDelta(frame) ? deltas : whole)
                        .add(new PackList.Entry(frame.id(), offset, Delta.base(frame.frame())));
                next = OptionalLong.of(end);
            }
        }
        return new PackScan(number, pack, whole, deltas, damaged, end, listDamaged);
    }

    private static boolean isDelta(ChunkFrame frame) {
        return Delta.base(frame.frame()).isPresent();
    }

    private static boolean isSound(ChunkCodec codec, ChunkFrame frame) {
        try {
            codec.check(frame.id(), frame.frame());
            return true;
        } catch (DamagedChunk damaged) {
            return false; // it is not listed: whoever has it is asked for it again
        }
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

    /**
     * What to say of it, with so many sound chunks; empty when it is as a crash leaves one: without a list, and perhaps with an end
     * that was not written whole.
     */
    Optional<String> trouble(int sound, String store) throws IOException {
        if (!listDamaged && damaged == 0) {
            return Optional.empty();
        }
        int unsound = damaged + whole.size() + deltas.size() - sound;
        return Optional.of((listDamaged
                        ? "The list of " + pack.name() + " in " + store
                                + " was damaged and was made anew from the pack: "
                        : pack.name() + " in " + store
                                + ", which was written when the server ended, is damaged in its midst: ")
                + sound + " chunks are sound"
                + (unsound == 0 ? "" : ", " + unsound + " are damaged")
                + (!listDamaged || end == pack.size() ? "" : ", what lies behind offset " + end + " is lost"));
    }

    /** How a delta is judged once all packs are loaded. */
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
