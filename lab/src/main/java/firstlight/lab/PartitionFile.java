package firstlight.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A partition's content in a file of its own, on its way into a disk's file or out of it. Places and sizes are in MiB. */
final class PartitionFile {
    private PartitionFile() {}

    /** Makes {@code file} of that size a file system, by {@code command} with the file's name behind. */
    static Path made(Path file, int mib, String... command) {
        Shell.run("truncate", "-s", mib + "M", file.toString());
        List<String> words = new ArrayList<>(List.of(command));
        words.add(file.toString());
        Shell.run(words);
        return file;
    }

    static void place(Path part, Path disk, int startMib) {
        Shell.run("dd", "if=" + part, "of=" + disk, "bs=1M", "seek=" + startMib, "conv=sparse,notrunc", "status=none");
    }

    /** Copies what stands on {@code disk} there to {@code file}. */
    static Path taken(Path disk, Path file, int startMib, int mib) {
        Shell.run(
                "dd",
                "if=" + disk,
                "of=" + file,
                "bs=1M",
                "skip=" + startMib,
                "count=" + mib,
                "conv=sparse",
                "status=none");
        return file;
    }

    /**
     * Each file's kind, mode, owners, links, time and content, as the kernel reads them: mounted read-only, at {@code folder}/mount and where
     * nobody else sees it.
     *
     * @param options by which the file system named so is read without its journal
     */
    static String listed(Path part, String fileSystem, String options, Path folder) {
        return Shell.run(
                "unshare", "--mount", "sh", "-ec", """
                        mkdir -p "$4/mount"
                        mount -t "$2" -o "ro,loop,$3" "$1" "$4/mount"
                        cd "$4/mount"
                        find . -printf '%y %m %U:%G %n %T@ %P\\n' | sort -k 6
                        find . -type f -print0 | sort -z | xargs -0 sha256sum
                        """, "sh", part.toString(), fileSystem, options, folder.toString());
    }

    static long mib(Path part) {
        try {
            return Files.size(part) >> 20;
        } catch (IOException failure) {
            throw new LabFailure("cannot look at " + part + ": " + failure.getMessage(), failure);
        }
    }
}
