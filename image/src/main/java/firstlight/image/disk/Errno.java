package firstlight.image.disk;

/** Why Linux refuses, in its numbers, and what they mean of a disk. */
final class Errno {
    static final int ENOENT = 2;
    static final int EINTR = 4;
    static final int EIO = 5;
    static final int ENXIO = 6;
    static final int E2BIG = 7;
    static final int EAGAIN = 11;
    static final int EBUSY = 16;
    static final int EINVAL = 22;

    private Errno() {}

    /** Since Linux 4.13 block devices answer by what the disk said: ENODATA for a sector that is gone, not EIO (blk_errors). */
    static String words(int errno) {
        String meaning = switch (errno) {
            case EIO -> "input/output error";
            case 1, 30 -> "it is read-only"; // EPERM, EROFS
            case ENXIO, 19 -> "it is gone"; // ENODEV
            case 28 -> "it has no room there: it is smaller than it says"; // ENOSPC
            case 52, 84, 121 -> "the disk's own controller reports an error"; // EBADE, EILSEQ, EREMOTEIO
            case 61 -> "the disk cannot read what it holds there (medium error)"; // ENODATA
            case 62, 110 -> "the disk does not answer"; // ETIME, ETIMEDOUT
            case 67 -> "the way to the disk is broken"; // ENOLINK
            default -> "";
        };
        return meaning.isEmpty() ? "errno " + errno : meaning + " (errno " + errno + ")";
    }
}
