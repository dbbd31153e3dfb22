package firstlight.lab;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Files as block devices of the host, for tools that take nothing else; detached at the end. */
record LoopDevices(List<String> nodes) implements AutoCloseable {
    LoopDevices {
        nodes = List.copyOf(nodes);
    }

    /** In the order of the files. None stays attached when one of them cannot be. */
    static LoopDevices of(Path... files) {
        List<String> nodes = new ArrayList<>();
        try {
            for (Path file : files) {
                nodes.add(Shell.run("losetup", "--find", "--show", file.toString())
                        .strip());
            }
        } catch (LabFailure failure) {
            new LoopDevices(nodes).close();
            throw failure;
        }
        return new LoopDevices(nodes);
    }

    @Override
    public void close() {
        nodes.forEach(node -> Shell.run("losetup", "--detach", node));
    }
}
