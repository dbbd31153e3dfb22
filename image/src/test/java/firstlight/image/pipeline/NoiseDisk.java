package firstlight.image.pipeline;

import firstlight.image.Disk;
import firstlight.image.Progress;
import firstlight.image.capture.Capture;
import firstlight.image.disk.Access;
import firstlight.image.disk.DiskFile;
import firstlight.image.manifest.Manifest;
import firstlight.image.store.ImageStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A disk whose one partition, at 1 MiB, is full of noise, and its image: no chunk of it is like another. */
record NoiseDisk(Path file, Manifest image) {
    /** How much longer than its partition the disk is, in MiB. */
    private static final int MORE_MIB = 8;

    /** @param noiseMib of it, which may be more than the partition's length */
    static NoiseDisk captured(Path folder, int partitionMib, int noiseMib, ImageStore store) throws IOException {
        Path file = blank(folder, "source", partitionMib);
        Shell.run("""
                sgdisk -n 1:2048:+%2$dM '%1$s' >/dev/null
                head -c %3$dM /dev/urandom | dd of='%1$s' bs=1M seek=1 conv=notrunc status=none
                """.formatted(file, partitionMib, noiseMib));
        try (Disk disk = DiskFile.open(file, 512, Access.READ)) {
            return new NoiseDisk(
                    file,
                    new Capture(store.trustingSink(), 2, "test")
                            .capture(List.of(disk), Progress.SILENT)
                            .manifest());
        }
    }

    /** One as long, with nothing on it. */
    static Path blank(Path folder, String name, int partitionMib) throws IOException {
        return new Lab(folder).disk(name, partitionMib + MORE_MIB + "M");
    }
}
