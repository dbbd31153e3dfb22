package firstlight.image.extents;

import java.util.ArrayList;
import java.util.List;

/**
 * Marks of what we take raw anyway. They matter where an old superblock is left beside them: bcache, for example, begins at
 * 4 KiB and leaves a swap's header before it as it was.
 *
 * @param name as {@code blkid} says it
 * @param mark its octets, in ISO 8859-1
 */
record ForeignMark(String name, int offset, String mark) {
    /**
     * Superblocks of the BSDs' two versions (sys/ufs/ffs/fs.h, in each one's own order of octets): newfs writes nothing before
     * them, and what was there stays.
     */
    private static final int UFS1 = 8192;

    private static final int UFS2 = 64 * 1024;
    private static final int UFS_MAGIC = 1372;

    private static final List<ForeignMark> ALL = List.of(
            new ForeignMark("bcache", 4096 + 24, "\u00c6\u0085s\u00f6N\u001aE\u00ca"),
            new ForeignMark("bcachefs", 4096 + 24, "\u00c6\u0085s\u00f6f\u00ce\u0090\u00a9"),
            new ForeignMark("stratis", 512 + 4, "!Stra0tis\u0086\u00ff\u0002^"),
            new ForeignMark("jfs", 32 * 1024, "JFS1"),
            new ForeignMark("reiserfs", 64 * 1024 + 52, "ReIsEr"),
            new ForeignMark("reiser4", 64 * 1024, "ReIsEr4"),
            new ForeignMark("nilfs2", 1024 + 4, "\0\00044"),
            new ForeignMark("gfs2", 64 * 1024, "\u0001\u0016\u0019p\0\0\0\u0001"),
            new ForeignMark("ocfs2", 8192, "OCFSV2"),
            new ForeignMark("hfsplus", 1024, "H+\0\u0004"),
            new ForeignMark("hfsplus", 1024, "HX\0\u0005"),
            new ForeignMark("DM_integrity", 0, "integrt\0"),
            new ForeignMark("DM_verity_hash", 0, "verity\0\0"),
            new ForeignMark("oracleasm", 32, "ORCLDISK"),
            new ForeignMark("iso9660", 32 * 1024, "\u0001CD001\u0001"),
            new ForeignMark("bsd", 512, "WEV\u0082"), // a disk label in a BSD's slice: several file systems
            new ForeignMark("udf", 32 * 1024, "\0BEA01\u0001"),
            new ForeignMark("ufs", UFS1 + UFS_MAGIC, "T\u0019\u0001\0"),
            new ForeignMark("ufs", UFS1 + UFS_MAGIC, "\0\u0001\u0019T"),
            new ForeignMark("ufs", UFS2 + UFS_MAGIC, "\u0019\u0001T\u0019"),
            new ForeignMark("ufs", UFS2 + UFS_MAGIC, "\u0019T\u0001\u0019"));

    /** @param window all {@link Signatures#WINDOW} octets */
    static List<String> in(byte[] window) {
        List<String> names = new ArrayList<>();
        for (ForeignMark each : ALL) {
            if (Signatures.has(window, each.offset(), each.mark())) {
                names.add(each.name());
            }
        }
        return names;
    }
}
