package firstlight.image.disk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadOnlyNodesTest {
    @TempDir
    Path folder;

    private Path disk;

    @BeforeEach
    void aDisk() throws IOException {
        disk = folder.resolve("disk");
        try (RandomAccessFile made = new RandomAccessFile(disk.toFile(), "rw")) {
            made.setLength(1 << 20);
        }
    }

    @Test
    void aDiskThatIsCapturedIsReadOnlyUntilItIsClosed() throws IOException {
        try (LoopDevice loop = LoopDevice.attach(disk, 512, Access.READ_WRITE)) {
            try (BlockDevice source = BlockDevice.open(loop.node(), Access.READ)) {
                assertThat(source.size()).isEqualTo(1 << 20);
                assertThat(readOnly(loop.node())).isTrue();
            }
            assertThat(readOnly(loop.node())).isFalse();
        }
    }

    @Test
    void aDiskThatWasReadOnlyBeforeStaysSo() throws IOException {
        try (LoopDevice loop = LoopDevice.attach(disk, 512, Access.READ)) {
            ReadOnlyNodes.mark(List.of(loop.node())).close();
            assertThat(readOnly(loop.node())).isTrue();
        }
    }

    /** The kernel's next disk on that loop device could not be written to, nor be mounted. */
    @Test
    @Tag("alone") // the host's next loop device must be the one that was given back
    void aLoopDeviceThatAKilledCaptureLeftReadOnlyIsWritableForTheNextDisk() throws IOException {
        List<LoopDevice> others = new ArrayList<>();
        try {
            boolean again = false;
            while (!again && others.size() < 20) { // another process of this host takes or gives back some, too
                Path killed;
                try (LoopDevice loop = LoopDevice.attach(disk, 512, Access.READ_WRITE)) {
                    killed = loop.node();
                    run("blockdev", "--setro", killed.toString());
                }
                LoopDevice next = LoopDevice.attach(disk, 512, Access.READ_WRITE);
                others.add(next);
                again = next.node().equals(killed);
                assertThat(readOnly(next.node())).isFalse();
            }
            assertThat(again).isTrue();
        } finally {
            for (LoopDevice each : others) {
                each.close();
            }
        }
    }

    /** Ctrl-C at the prompt, or a benchmark that is ended. */
    @Test
    void aProgramThatIsEndedLeavesNoDiskReadOnly() throws IOException {
        try (LoopDevice loop = LoopDevice.attach(disk, 512, Access.READ_WRITE)) {
            Process capture = new ProcessBuilder(
                            ProcessHandle.current().info().command().orElseThrow(),
                            "--enable-native-access=ALL-UNNAMED",
                            "-cp",
                            System.getProperty("java.class.path"),
                            EndlessCapture.class.getName(),
                            loop.node().toString())
                    .redirectErrorStream(true)
                    .start();
            assertThat(capture.inputReader().readLine()).isEqualTo("captures");
            assertThat(readOnly(loop.node())).isTrue();
            capture.destroy();
            capture.onExit().join();
            assertThat(readOnly(loop.node())).isFalse();
        }
    }

    /** Holds a disk as a capture does, for ever. */
    static final class EndlessCapture {
        private EndlessCapture() {}

        public static void main(String[] arguments) throws IOException {
            try (BlockDevice source = BlockDevice.open(Path.of(arguments[0]), Access.READ)) {
                System.out.println(source.size() > 0 ? "captures" : "is empty");
                assertThat(System.in.read()).isNegative(); // until its parent ends it
            }
        }
    }

    private static boolean readOnly(Path node) throws IOException {
        return Files.readString(Path.of("/sys/class/block", node.getFileName().toString(), "ro"))
                .strip()
                .equals("1");
    }

    private static void run(String... command) throws IOException {
        Tool tool = Tool.run(List.of(command));
        assertThat(tool.exit()).as(tool.output()).isZero();
    }
}
