package firstlight.image.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.Disk;
import firstlight.image.ImageFailure;
import firstlight.image.Progress;
import firstlight.image.disk.Access;
import firstlight.image.disk.BlockDevice;
import firstlight.image.disk.LoopDevice;
import firstlight.image.manifest.Manifest;
import firstlight.image.resize.Wishes;
import firstlight.image.restore.Restore;
import firstlight.image.store.DiskStore;
import firstlight.image.store.ImageStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Disks that nobody thought of. Each is captured and restored onto its own size, a larger and a smaller one, full of old data:
 * it comes back right, or is refused before anything is written. {@code -Dfirstlight.seeds=100-140} draws others.
 */
class DrawnDisksTest {
    @TempDir
    Path folder;

    private final List<String> said = new ArrayList<>();

    @BeforeAll
    static void needsLoopDevices() throws IOException {
        Shell.assertLoopDevices();
    }

    static IntStream seeds() {
        String[] range = System.getProperty("firstlight.seeds", "1-2").split("-", 2);
        return IntStream.rangeClosed(Integer.parseInt(range[0]), Integer.parseInt(range[1]));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void aDrawnDiskComesBackRightOrIsRefusedBeforeAnythingIsWritten(int seed) throws IOException {
        Random lot = new Random(seed);
        DrawnDisk drawn = DrawnDisk.of(lot);
        Path source = new Lab(folder).disk("source", drawn.mebibytes() + "M");
        Map<DrawnDisk.Part, String> trees = new LinkedHashMap<>();
        String[] table = {""};
        Lab.attached(source, drawn.sectorSize(), node -> {
            drawn.make(node);
            table[0] = Shell.run(TABLE.formatted(node));
            for (DrawnDisk.Part part : drawn.parts()) {
                trees.put(part, part.format().describe(part.node(node)));
            }
        });
        String before = Lab.sha256(source);
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            Manifest manifest = Lab.image(source, drawn.sectorSize(), store);
            assertThat(Lab.sha256(source)).as("the source after capture").isEqualTo(before);
            assertThat(manifest.notes()).isEmpty();
            int least = drawn.mebibytes() / 3;
            for (int mebibytes : List.of(
                    drawn.mebibytes(),
                    drawn.mebibytes() + 1 + lot.nextInt(300),
                    drawn.mebibytes() - 1 - lot.nextInt(drawn.mebibytes() - least))) {
                Wishes wishes = lot.nextInt(4) == 0 ? Wishes.AS_IT_WAS : Wishes.USUAL;
                said.clear();
                Path target = new Lab(folder).usedDisk("target", mebibytes + "M");
                restore(drawn, manifest, store, target, wishes, mebibytes < drawn.mebibytes());
                if (!said.contains("refused")) {
                    Lab.attached(target, drawn.sectorSize(), node -> assertIsThere(drawn, table[0], node, trees));
                }
            }
        }
    }

    private void restore(
            DrawnDisk drawn, Manifest manifest, ImageStore store, Path target, Wishes wishes, boolean mayBeRefused)
            throws IOException {
        String untouched = Lab.sha256(target);
        try (LoopDevice loop = LoopDevice.attach(target, drawn.sectorSize(), Access.READ_WRITE);
                Disk disk = BlockDevice.open(loop.node(), Access.READ_WRITE)) {
            assertThat(new Restore(store.source(), Lab.THREADS)
                            .restore(manifest, List.of(disk), wishes, Progress.SILENT, said::add)
                            .verified())
                    .isTrue();
        } catch (ImageFailure refused) {
            assertThat(mayBeRefused).as(drawn + ": " + refused.getMessage()).isTrue();
            assertThat(Lab.sha256(target))
                    .as(drawn + ": " + refused.getMessage())
                    .isEqualTo(untouched);
            said.add("refused");
        }
    }

    private static final String TABLE =
            "sfdisk -d %s | sed -nE 's/^[^:]*p([0-9]+) : start= *[0-9]+, size= *[0-9]+,/\\1/p'";

    private void assertIsThere(DrawnDisk drawn, String table, Path node, Map<DrawnDisk.Part, String> trees)
            throws IOException {
        assertThat(Shell.run("sfdisk --verify " + node)).as(drawn.toString()).contains("No errors detected");
        assertThat(Shell.run(TABLE.formatted(node))).as(drawn.toString()).isEqualTo(table);
        for (Map.Entry<DrawnDisk.Part, String> each : trees.entrySet()) {
            DrawnDisk.Part part = each.getKey();
            part.format().check(part.node(node));
            assertThat(withoutFolderSizes(part.format().describe(part.node(node))))
                    .as("%s of %s: %s", part, drawn, said)
                    .isEqualTo(withoutFolderSizes(each.getValue()));
        }
    }

    /** A folder of XFS that once had more files is smaller when it was made anew. */
    private static String withoutFolderSizes(String tree) {
        return tree.replaceAll("(?m)^(.* d [0-7]+ \\d+ \\d+) \\d+ ", "$1 ");
    }
}
