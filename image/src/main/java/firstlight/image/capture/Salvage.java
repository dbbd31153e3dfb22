package firstlight.image.capture;

import firstlight.image.Disk;
import firstlight.image.DiskFailure;
import firstlight.image.DiskOver;
import firstlight.image.extents.Extents;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A disk of which some sectors cannot be read. What fails is read again in smaller and smaller pieces, at last sector by sector: one
 * bad sector fails all that is read together with it, and may be read after all when it is asked for alone. Zeros take
 * the place of what is lost. May be read by several threads at once.
 */
final class Salvage implements DiskOver {
    /** Each step costs a disk that tries hard some seconds for each bad sector: few steps. 4096 is the sector within most disks. */
    private static final int[] PIECES = {64 * 1024, 4096};

    /**
     * In octets. A disk that lost so much lost a head or all of itself, an image of it is of no use, and to try each sector would
     * take days. Where the capture stops anyhow, it is not to be waited for.
     */
    private static final long MOST_ZEROS = 8L << 20;

    private static final long MOST_BEFORE_STOP = 128L << 10;

    private static final int PAGE = 4096;

    private final Disk disk;
    private final ReentrantLock lock = new ReentrantLock();
    private final long most;
    private Extents lost = Extents.NONE;
    private String reason = "";

    Salvage(Disk disk, IfUnreadable choice) {
        this.disk = disk;
        this.most = choice == IfUnreadable.ZERO ? MOST_ZEROS : MOST_BEFORE_STOP;
    }

    @Override
    public Disk disk() {
        return disk;
    }

    /** What could not be read until now. */
    Extents lost() {
        lock.lock();
        try {
            return lost;
        } finally {
            lock.unlock();
        }
    }

    /** Why, in the kernel's words; empty when nothing is lost. */
    String reason() {
        lock.lock();
        try {
            return reason;
        } finally {
            lock.unlock();
        }
    }

    /** @throws DiskFailure when it is not single sectors that fail, but the disk */
    @Override
    public void read(long offset, ByteBuffer into) throws IOException {
        int start = into.position();
        try {
            disk.read(offset, into);
        } catch (DiskFailure unreadable) {
            into.position(start);
            // What does not lie on the disk is not lost.
            if (offset + into.remaining() > size() || !answers()) {
                throw unreadable;
            }
            ByteBuffer piece = ByteBuffer.allocateDirect(PIECES[0] + PAGE).alignedSlice(PAGE);
            read(offset, into, piece, 0);
        }
    }

    /** By pieces of one size, those that fail by pieces of the next. */
    private void read(long offset, ByteBuffer into, ByteBuffer piece, int step) throws IOException {
        int unit = step < PIECES.length ? Math.max(PIECES[step], sectorSize()) : sectorSize();
        long end = offset + into.remaining();
        long at = offset;
        while (at < end) {
            long first = at / unit * unit;
            long last = Math.min(first + unit, size());
            int length = (int) (Math.min(end, last) - at);
            piece.clear().limit((int) (last - first));
            try {
                disk.read(first, piece);
                into.put(piece.flip().position((int) (at - first)).limit((int) (at - first) + length));
            } catch (DiskFailure unreadable) {
                if (unit > sectorSize()) {
                    int limit = into.limit();
                    into.limit(into.position() + length);
                    read(at, into, piece, step + 1);
                    into.limit(limit);
                } else {
                    lose(first, last, unreadable);
                    into.put(new byte[length]);
                }
            }
            at += length;
        }
    }

    private void lose(long from, long to, DiskFailure unreadable) throws DiskFailure {
        lock.lock();
        try {
            List<long[]> all = new ArrayList<>(lost.ranges());
            all.add(new long[] {from, to});
            lost = Extents.union(all);
            reason = unreadable.cause();
        } finally {
            lock.unlock();
        }
        if (lost().octets() > most) {
            throw LostSectors.failure(
                    name(),
                    "more than " + (most >> 10) + " KiB cannot be read, the last at offset " + from,
                    unreadable.cause());
        }
        if (!answers()) {
            throw unreadable;
        }
    }

    /** A disk that is gone fails every read; zeros must not take its place. Its first sector was read before. */
    private boolean answers() {
        try {
            disk.readBack(
                    0, ByteBuffer.allocateDirect(2 * PAGE).alignedSlice(PAGE).limit(sectorSize()));
            return true;
        } catch (IOException gone) {
            return false;
        }
    }
}
