package firstlight.engine;

import firstlight.image.disk.Tool;
import firstlight.image.safe.SafeData;
import firstlight.image.safe.SafeNetwork;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a restored Linux system is to know of its own PC.
 *
 * @param name its computer name
 * @param network its address; empty: as the image has it
 * @param mac of the card that the address is for
 */
record RestoredSystem(String name, Optional<SafeNetwork> network, String mac) {
    /** @param data of its disk, whose network settings may be anything */
    static RestoredSystem of(String name, SafeData data, String mac, Console console) {
        Optional<SafeNetwork> network = Optional.empty();
        try {
            network = data.get(SafeData.NETWORK).map(SafeNetwork::parse);
        } catch (IllegalArgumentException unfit) {
            console.line("the image-safe data's " + unfit.getMessage() + "; they are left as they are");
        }
        return new RestoredSystem(name, network, mac);
    }

    /**
     * What was done, or empty when {@code partition} holds no Linux system that can be mounted. Such a one is only looked at: a
     * mount for writing changes an ext4 of data, which has been verified, and "noload" keeps the kernel from replaying a journal.
     */
    Optional<String> applyTo(Path partition) throws IOException {
        boolean isSystem = mounted(partition, "ro,noload", root -> Optional.of(ComputerName.isIn(root)))
                .orElse(false);
        return isSystem ? mounted(partition, "rw", this::apply) : Optional.empty();
    }

    @FunctionalInterface
    private interface OnMount<T> {
        Optional<T> use(Path root) throws IOException;
    }

    /** Empty as well when it cannot be mounted. */
    private static <T> Optional<T> mounted(Path partition, String options, OnMount<T> work) throws IOException {
        Path folder = Files.createTempDirectory("root");
        if (!Tool.run(List.of("mount", "-t", "ext4", "-o", options, partition.toString(), folder.toString()))
                .succeeded()) {
            Files.delete(folder);
            return Optional.empty();
        }
        try (Mounted root = new Mounted(folder)) {
            return work.use(root.folder());
        }
    }

    Optional<String> apply(Path root) throws IOException {
        if (!ComputerName.apply(root, name)) {
            return Optional.empty();
        }
        String addressed = network.isPresent() ? RestoredNetwork.apply(root, network.get(), mac) : "";
        return Optional.of(", named " + name + (addressed.isEmpty() ? "" : ", " + addressed));
    }

    private record Mounted(Path folder) implements Closeable {
        @Override
        public void close() throws IOException {
            Tool unmount = Tool.run(List.of("umount", folder.toString()));
            if (!unmount.succeeded()) {
                throw new IOException("the restored system cannot be unmounted: " + unmount.lastLine());
            }
            Files.delete(folder);
        }
    }
}
