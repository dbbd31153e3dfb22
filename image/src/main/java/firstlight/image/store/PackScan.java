package firstlight.image.store;

import firstlight.image.chunk.Chunk;
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

    static PackScan of(int number, Pack pack) throws IOException {
        List<PackList.Entry> whole = new ArrayList<>();
        List<PackList.Entry> deltas = new ArrayList<>();
        int frames = 0;
        long offset = 0;
        byte[] content = new byte[Chunk.SIZE];
        try (ChunkCodec codec = new ChunkCodec(1)) {
            for (var read = read(pack, offset); read.isPresent(); read = read(pack, offset)) {
                ChunkFrame frame = read.get();
                PackList.Entry entry = new PackList.Entry(frame.id(), offset, Delta.base(frame.frame()));
                if (entry.base().isPresent()) {
                    deltas.add(entry);
                } else {
                    try {
                        codec.unpack(frame.id(), frame.frame(), content, 0);
                        whole.add(entry);
                    } catch (DamagedChunk damaged) {
                        // not listed: whoever has it is asked for it again
                    }
                }
                frames++;
                offset += PackFile.HEADER + frame.frame().length;
            }
        }
        return new PackScan(number, pack, frames, offset, whole, deltas, false);
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

    PackScan afterDamage() {
        return new PackScan(number, pack, frames, end, whole, deltas, true);
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
