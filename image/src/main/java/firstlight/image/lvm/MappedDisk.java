package firstlight.image.lvm;

import firstlight.image.Disk;
import firstlight.image.DiskLayer;
import firstlight.image.extents.Volume;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A logical volume as a disk. Closing it leaves its physical volumes open.
 *
 * @param disks the physical volumes on which it lies, by their ids; others may be among them
 */
public record MappedDisk(LogicalVolume volume, Map<String, Disk> disks) implements DiskLayer {
    public MappedDisk {
        disks = Map.copyOf(disks);
    }

    /** @param disk the physical volume, on which all of it lies */
    public MappedDisk(LogicalVolume volume, Disk disk) {
        this(volume, volume.volumes().stream().collect(Collectors.toMap(id -> id, _ -> disk)));
    }

    /**
     * The volumes on {@code physical} that lie there whole and can be looked into: linear and striped ones, of which no other volume is
     * made. None when its label or its group's metadata make no sense.
     */
    public static List<MappedDisk> on(Disk physical) throws IOException {
        return on(physical, List.of());
    }

    /**
     * The same of those that begin on {@code physical} and go on on {@code others}: each is found on one of them. One that goes on on a
     * physical volume of which there are two is not found: nothing tells which of the clones belong together.
     */
    public static List<MappedDisk> on(Disk physical, List<Disk> others) throws IOException {
        Optional<PhysicalVolume> first = volume(physical);
        Optional<String> text = first.flatMap(PhysicalVolume::metadata);
        Map<String, Disk> disks = new HashMap<>();
        Set<String> twice = new HashSet<>();
        for (Disk each : others) {
            volume(each)
                    .filter(read -> read.metadata().equals(text)) // else it was away when the group was changed
                    .filter(read -> disks.put(read.id(), each) != null)
                    .ifPresent(read -> twice.add(read.id()));
        }
        disks.keySet().removeAll(twice);
        first.ifPresent(read -> disks.put(read.id(), physical));
        try {
            return text.map(VolumeGroup::parse).map(VolumeGroup::volumes).orElse(List.of()).stream()
                    .filter(volume -> volume.plain()
                            && !volume.segments().isEmpty()
                            && disks.keySet().containsAll(volume.volumes()))
                    .map(volume -> new MappedDisk(volume, disks))
                    .filter(mapped -> mapped.disk() == physical)
                    .toList();
        } catch (IllegalArgumentException | ArithmeticException malformed) {
            return List.of();
        }
    }

    private static Optional<PhysicalVolume> volume(Disk physical) throws IOException {
        try {
            return Optional.of(
                    PhysicalVolume.read(new Volume.OfDisk(physical, physical.name(), 0, 0, physical.size())));
        } catch (IllegalArgumentException | ArithmeticException malformed) {
            return Optional.empty();
        }
    }

    /** Octets of one physical volume. */
    private record Piece(Disk disk, long offset, long length) {}

    @FunctionalInterface
    private interface Act {
        void on(Disk disk, long offset, ByteBuffer octets) throws IOException;
    }

    /** The physical volume on which it begins. */
    @Override
    public Disk disk() {
        return on(volume.first());
    }

    /** All physical volumes on which it lies. */
    public List<Disk> physical() {
        return volume.volumes().stream().map(this::on).toList();
    }

    private Disk on(String id) {
        return Objects.requireNonNull(disks.get(id), id);
    }

    @Override
    public String name() {
        return volume.name();
    }

    @Override
    public long size() {
        return volume.size();
    }

    @Override
    public void read(long offset, ByteBuffer into) throws IOException {
        each(offset, into, Disk::read);
    }

    @Override
    public void readBack(long offset, ByteBuffer into) throws IOException {
        each(offset, into, Disk::readBack);
    }

    @Override
    public void write(long offset, ByteBuffer from) throws IOException {
        each(offset, from, Disk::write);
    }

    private void each(long offset, ByteBuffer octets, Act act) throws IOException {
        int end = octets.limit();
        for (Piece piece : pieces(offset, octets.remaining())) {
            octets.limit(octets.position() + (int) piece.length());
            act.on(piece.disk(), piece.offset(), octets);
        }
        octets.limit(end);
    }

    @Override
    public void zero(long offset, long length) throws IOException {
        for (Piece piece : pieces(offset, length)) {
            piece.disk().zero(piece.offset(), piece.length());
        }
    }

    @Override
    public void discard(long offset, long length) throws IOException {
        for (Piece piece : pieces(offset, length)) {
            piece.disk().discard(piece.offset(), piece.length());
        }
    }

    private List<Piece> pieces(long offset, long length) throws IOException {
        List<Piece> pieces = new ArrayList<>();
        volume.pieces(offset, offset + length, (id, at, octets) -> pieces.add(new Piece(on(id), at, octets)));
        if (pieces.stream().mapToLong(Piece::length).sum() != length) {
            throw new IOException(volume.name() + " has no " + length + " octets at " + offset);
        }
        return pieces;
    }

    @Override
    public void flush() throws IOException {
        for (String id : volume.volumes()) {
            on(id).flush();
        }
    }
}
