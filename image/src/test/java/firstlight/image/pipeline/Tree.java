package firstlight.image.pipeline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;

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
                """.formatted(root));
        plantMany(root, 300);
        Shell.run("""
                cd '%s'
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
                """.formatted(root));
        plantMany(root, 100);
        Shell.run("""
                cd '%s'
                : > empty
                echo x > 'odd names/a name that is rather long $HOME'
                sync -f .
                """.formatted(root));
    }

    /** Not by a process for each: starting hundreds of them takes longer than imaging what they wrote. */
    private static void plantMany(Path root, int files) throws IOException {
        for (int i = 1; i <= files; i++) {
            byte[] noise = new byte[i * 37];
            ThreadLocalRandom.current().nextBytes(noise);
            Files.write(root.resolve("many/" + i), noise);
        }
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
