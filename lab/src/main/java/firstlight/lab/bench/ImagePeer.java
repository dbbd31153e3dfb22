package firstlight.lab.bench;

import firstlight.lab.Programs;
import java.nio.file.Path;
import java.util.List;

/**
 * partclone and zstd, piped, with two threads for zstd: what imaging programs of today do. partclone 0.3.23 waits at its end for
 * the thread that draws its progress, which sleeps 2 s at a time if not told otherwise: with 1 s the short runs here are
 * fairer to it, and less than that would cost it processor time.
 */
final class ImagePeer {
    static final String NAME = "partclone+zstd";
    private static final String PARTCLONE = "partclone.ext4 --UI-fresh=1 -L ";

    private final Path folder;

    ImagePeer(Path folder) {
        this.folder = folder;
    }

    /**
     * What one side needed for one image.
     *
     * @param seconds by the clock
     * @param cpuSeconds in user and kernel, of all its processes and threads
     */
    record Cost(double seconds, double cpuSeconds) {}

    Cost capture(String partition, Path image) {
        return timed(PARTCLONE + log() + " -c -s \"$1\" -o - | zstd -q -f -3 -T2 -o \"$2\"", partition, image);
    }

    /** Both sides end when the device has it all. */
    Cost restore(Path image, String device) {
        return timed(
                "zstd -q -dc \"$2\" | " + PARTCLONE + log() + " -r -s - -o \"$1\" && blockdev --flushbufs \"$1\"",
                device,
                image);
    }

    private String log() {
        return folder.resolve("partclone.log").toString();
    }

    /**
     * Runs {@code pipe} as a shell does: $1 is the device, $2 the image. A part of it that fails ends the benchmark with its last words.
     */
    private Cost timed(String pipe, String device, Path image) {
        // partclone draws its progress on stderr; the last line of the output is user and system time of what bash ran
        String script =
                "set -o pipefail; exec 3>&1; { " + pipe + "; } >&2 2>\"$3\" || { tail -3 \"$3\"; exit 1; }; times";
        long start = System.nanoTime();
        String output = Programs.run(List.of(
                "bash",
                "-c",
                script,
                "bash",
                device,
                image.toString(),
                folder.resolve("peer.out").toString()));
        double seconds = (System.nanoTime() - start) / 1e9;
        return new Cost(seconds, seconds(output.lines().toList().getLast()));
    }

    /** Of a line of the shell's {@code times}: {@code 0m1.234s 0m0.567s}, user and system, which are added. */
    static double seconds(String times) {
        double sum = 0;
        for (String word : times.strip().split(" ", -1)) {
            String[] parts = word.replace("s", "").split("m", -1);
            sum += 60 * Double.parseDouble(parts[0]) + Double.parseDouble(parts[1]);
        }
        return sum;
    }
}
