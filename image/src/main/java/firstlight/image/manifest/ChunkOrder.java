package firstlight.image.manifest;

import firstlight.image.chunk.ChunkId;

/**
 * The different chunks of an image, numbered from 0 as the manifest names each first. Server and PCs make it of the same
 * manifest, so that a number says which chunk is meant. Flat arrays: an image has up to millions.
 */
public final class ChunkOrder {
    private final byte[] ids;
    /** Numbers plus 1, at the place that the id's first bits say, or behind it; 0 is free. */
    private final int[] places;

    private int size;

    private ChunkOrder(int most) {
        ids = new byte[Math.multiplyExact(most, ChunkId.LENGTH)];
        places = new int[Integer.highestOneBit(Math.max(8, most)) * 4];
    }

    public static ChunkOrder of(Manifest manifest) {
        int[] count = new int[1];
        manifest.forEachChunk(_ -> count[0]++);
        ChunkOrder order = new ChunkOrder(count[0]);
        manifest.forEachChunk(order::add);
        return order;
    }

    private void add(ChunkId id) {
        int place = place(id);
        if (places[place] == 0) {
            id.put(ids, size * ChunkId.LENGTH);
            places[place] = ++size;
        }
    }

    private int place(ChunkId id) {
        int place = (int) id.first() & (places.length - 1);
        while (places[place] != 0 && !get(places[place] - 1).equals(id)) {
            place = (place + 1) & (places.length - 1);
        }
        return place;
    }

    public int size() {
        return size;
    }

    /** @param number 0 to {@link #size} - 1 */
    public ChunkId get(int number) {
        return ChunkId.at(ids, number * ChunkId.LENGTH);
    }

    /** The number of {@code id}; -1 when the image does not have it. */
    public int find(ChunkId id) {
        return places[place(id)] - 1;
    }
}
