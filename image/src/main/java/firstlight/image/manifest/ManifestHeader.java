package firstlight.image.manifest;

import firstlight.image.table.Place;
import firstlight.image.table.TableSectors;
import firstlight.model.Bytes;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.UUID;

/**
 * The JSON part of a manifest: all but extents and chunk ids. Of its own, so that a renamed component of {@link Manifest}
 * does not change the format.
 *
 * @param partition of an add-on; "" for disks
 */
record ManifestHeader(
        String made, String maker, int chunkSize, String partition, List<JsonDisk> disks, List<String> notes) {

    /** {@code size} in octets; {@code table} is a {@link TableSectors.Kind}'s name. */
    record JsonDisk(
            long size,
            int sectorSize,
            String table,
            List<JsonRun> sectors,
            List<JsonRegion> regions,
            List<Place> unreadable) {}

    /** Octets of the partition table, in Base64. */
    record JsonRun(long offset, String octets) {}

    /**
     * {@code start} on the disk and {@code length} in octets; {@code content} is {@code used}, {@code raw} or {@code swap}; the
     * last three belong to swap alone.
     */
    record JsonRegion(
            int partition,
            long start,
            long length,
            String fileSystem,
            String content,
            String uuid,
            String label,
            int pageSize) {}

    /** @param chunkSize of all its chunks, in octets */
    static ManifestHeader of(Manifest manifest, int chunkSize) {
        return new ManifestHeader(
                manifest.made().toString(),
                manifest.maker(),
                chunkSize,
                manifest.addOn().map(AddOn::partition).map(Object::toString).orElse(""),
                manifest.disks().stream().map(ManifestHeader::disk).toList(),
                manifest.notes());
    }

    Manifest manifest(List<DiskImage> decoded) {
        return new Manifest(Instant.parse(made), maker, decoded, notes);
    }

    Manifest manifest(AddOn decoded) {
        return Manifest.of(Instant.parse(made), maker, decoded, notes);
    }

    private static JsonDisk disk(DiskImage disk) {
        return new JsonDisk(
                disk.size(),
                disk.sectorSize(),
                disk.table().kind().name(),
                disk.table().runs().stream()
                        .map(run -> new JsonRun(
                                run.offset(),
                                Base64.getEncoder().encodeToString(run.octets().toArray())))
                        .toList(),
                disk.regions().stream().map(ManifestHeader::region).toList(),
                disk.unreadable());
    }

    static TableSectors table(JsonDisk disk) {
        return new TableSectors(
                TableSectors.Kind.valueOf(disk.table()),
                disk.sectors().stream()
                        .map(run -> new TableSectors.Run(
                                run.offset(), Bytes.of(Base64.getDecoder().decode(run.octets()))))
                        .toList());
    }

    private static JsonRegion region(Region region) {
        String content = switch (region.content()) {
            case Content.Blocks blocks -> blocks.method() == Content.Method.RAW ? "raw" : "used";
            case Content.Swap _ -> "swap";
        };
        Content.Swap swap = region.content() instanceof Content.Swap found ? found : NO_SWAP;
        return new JsonRegion(
                region.partition(),
                region.start(),
                region.length(),
                region.fileSystem(),
                content,
                swap.uuid().toString(),
                swap.label(),
                swap.pageSize());
    }

    private static final Content.Swap NO_SWAP = new Content.Swap(new UUID(0, 0), "", 0);
}
