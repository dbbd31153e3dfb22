package firstlight.image.pipeline;

import java.io.IOException;
import java.nio.file.Path;

/** A directory tree that is hard on imaging, and what can be told of one. */
final class Tree {
    private Tree() {}

    /** Large, small, empty, sparse; zeros and noise; hard and symbolic links; names that scripts stumble over. */
    static void plant(Path root) throws IOException {
        Shell.run("""
                cd '%s'
                mkdir -p etc 'odd names' many deep/er/still
                head -c 9000000 /dev/urandom > noise
                head -c 3000000 /dev/zero > zeros
                seq 1 400000 > text
                truncate -s 50M sparse; echo end >> sparse
                for i in $(seq 1 300); do head -c $((i * 37)) /dev/urandom > many/$i; done
                : > empty
                echo pc-17 > etc/hostname
                ln etc/hostname etc/hardlink
                ln -s ../text deep/er/link
                echo x > 'odd names/ä ö — "quoted" $HOME'
                rm many/1?? # so that free blocks hold old data
                chmod 640 text
                sync -f .
                """.formatted(root));
    }

    /** What ext, XFS and Btrfs have on top: attributes, and a file far larger than the disk. */
    static void plantAttributes(Path root) throws IOException {
        Shell.run("""
                cd '%s'
                setfattr -n user.colour -v blue noise
                setfattr -n user.long -v $(head -c 700 /dev/zero | tr '\\0' x) text
                truncate -s 8G huge; echo end >> huge
                ln -s nowhere 'odd names/broken'
                mkfifo pipe
                chown 1234:5678 empty
                sync -f .
                """.formatted(root));
    }

    /** What FAT can keep of it, small enough for FAT12. */
    static void plantSimple(Path root) throws IOException {
        Shell.run("""
                cd '%s'
                mkdir -p 'odd names' many
                head -c 2000000 /dev/urandom > noise
                seq 1 200000 > text
                for i in $(seq 1 100); do head -c $((i * 37)) /dev/urandom > many/$i; done
                : > empty
                echo x > 'odd names/a name that is rather long $HOME'
                sync -f .
                """.formatted(root));
    }

    /** Each file's name, kind, mode, size, links, time and content. */
    static String describe(Path root) throws IOException {
        return Shell.run("""
                cd '%s'
                find . -printf '%%p %%y %%m %%U %%G %%s %%T@ %%n %%l\\n' | LC_ALL=C sort
                find . -type f -size -2G -print0 | LC_ALL=C sort -z | xargs -0 sha256sum
                find . -type f -size +2G -exec tail -c 1M {} + | sha256sum
                { getfattr -R -d -h . 2>/dev/null || true; } | LC_ALL=C sort
                """.formatted(root));
    }
}
