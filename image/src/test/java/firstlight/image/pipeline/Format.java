package firstlight.image.pipeline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a partition is formatted with in tests: made, filled, looked into and checked by the format's own tools. */
enum Format {
    EXT2("ext2", 40, "mkfs.ext2 -q -b 4096", "e2fsck -f -n", ""),
    EXT3("ext3", 48, "mkfs.ext3 -q -b 4096", "e2fsck -f -n", ""),
    EXT4("ext4", 64, "mkfs.ext4 -q", "e2fsck -f -n", ""),
    XFS("xfs", 304, "mkfs.xfs -q", "xfs_repair -n", ""),
    BTRFS("btrfs", 128, "mkfs.btrfs -q", "btrfs check", ""),
    F2FS("f2fs", 104, "mkfs.f2fs -q -f", "fsck.f2fs -f", ""),
    FAT12("vfat", 8, "mkfs.vfat -F 12 -n TWELVE", "fsck.vfat -n", ""),
    FAT16("vfat", 64, "mkfs.vfat -F 16 -n SIXTEEN", "fsck.vfat -n", ""),
    FAT32("vfat", 300, "mkfs.vfat -F 32 -s 1 -n THIRTYTWO", "fsck.vfat -n", ""),
    EXFAT("exfat", 64, "mkfs.exfat", "fsck.exfat -n", "-t exfat-fuse"),
    NTFS("ntfs", 64, "mkntfs -q -Q", "ntfsfix -n", "-t ntfs-3g"),
    SWAP("swap", 16, "mkswap -q -L swapping -U 11111111-2222-3333-4444-555555555555", "true", "");

    /** As manifests call it. */
    final String word;

    final int mebibytes;
    private final String make;
    private final String check;
    private final String mount;

    Format(String word, int mebibytes, String make, String check, String mount) {
        this.word = word;
        this.mebibytes = mebibytes;
        this.make = make;
        this.check = check;
        this.mount = mount;
    }

    void make(Path node) throws IOException {
        make(node, "");
    }

    /** @param options of its mkfs, on top of the usual ones */
    void make(Path node, String options) throws IOException {
        Shell.run(make + " " + options + (this == EXT2 || this == EXT3 || this == EXT4 ? " -F " : " ") + node);
    }

    void fill(Path node) throws IOException {
        switch (this) {
            case EXT2, EXT3, EXT4, XFS, BTRFS ->
                Lab.mounted("", node.toString(), root -> {
                    Tree.plant(root);
                    Tree.plantAttributes(root);
                });
            case NTFS -> Lab.mounted(mount, node.toString(), Tree::plant);
            case EXFAT -> Lab.mounted(mount, node.toString(), Tree::plantSimple);
            case FAT12, FAT16, FAT32 ->
                inScratch(scratch -> {
                    Tree.plantSimple(scratch);
                    // A file that was there leaves free clusters with old data.
                    Shell.run("""
                        cd '%s'; export LC_ALL=C.UTF-8
                        mcopy -s -m -i %2$s text noise many 'odd names' empty ::
                        mdel -i %2$s ::text
                        mcopy -m -i %2$s text ::again
                        """.formatted(scratch, node));
                });
            case F2FS ->
                inScratch(scratch -> {
                    Tree.plantSimple(scratch);
                    Shell.run("ln '%1$s/noise' '%1$s/hard'; ln -s noise '%1$s/soft'".formatted(scratch));
                    Shell.run("sload.f2fs -P -f '%s' %s".formatted(scratch, node));
                });
            case SWAP ->
                Shell.run("head -c 100000 /dev/urandom | dd of=%s bs=4096 seek=100 status=none".formatted(node));
        }
    }

    /** Every file's name, content and whatever else the format keeps of it. */
    String describe(Path node) throws IOException {
        String[] said = {""};
        switch (this) {
            case EXT2, EXT3, EXT4, XFS, BTRFS, EXFAT, NTFS ->
                Lab.mounted(mount + " -o ro", node.toString(), root -> said[0] = Tree.describe(root));
            case FAT12, FAT16, FAT32 -> inScratch(scratch -> said[0] = Shell.run("""
                        cd '%s'; export LC_ALL=C.UTF-8
                        mdir -a -/ -i %2$s :: | grep -v 'bytes free'
                        mcopy -s -n -i %2$s :: .
                        find . -type f -print0 | sort -z | xargs -0 sha256sum
                        """.formatted(scratch, node)));
            // No kernel module here, and its tools tell of one inode at a time.
            case F2FS -> inScratch(scratch -> said[0] = Shell.run("""
                        cd '%s'
                        fsck.f2fs -t %2$s | grep -a '^|' | grep -a ino > tree
                        cat tree
                        for ino in $(sed -n 's/.*<ino = \\(0x[0-9a-f]*\\)>.*/\\1/p' tree); do
                          dump.f2fs -i $ino %2$s <<< y || true
                        done | grep -aE '^i_(name|mode|size|links|mtime|uid)'
                        find lost_found -type f -print0 | sort -z | xargs -0 sha256sum
                        """.formatted(scratch, node)));
            case SWAP ->
                said[0] = Shell.run(
                        "blkid -p -o export %s | grep -vE 'DEVNAME|ENTRY_(DISK|OFFSET|SIZE)'".formatted(node));
        }
        return said[0];
    }

    void check(Path node) throws IOException {
        Shell.run(check + " " + node);
    }

    private static void inScratch(Lab.OnNode work) throws IOException {
        Path scratch = Files.createTempDirectory("scratch");
        try {
            work.use(scratch);
        } finally {
            Shell.run("rm -rf '%s'".formatted(scratch));
        }
    }
}
