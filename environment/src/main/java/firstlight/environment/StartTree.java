package firstlight.environment;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What the kernel unpacks whole: the first process, and what it needs until the images are mounted. */
final class StartTree {
    /** Images are block devices to the kernel, and squashfs to read; an overlay joins them with updates. */
    private static final List<String> MODULES =
            List.of("kernel/drivers/block/loop", "kernel/fs/squashfs/", "kernel/fs/overlayfs/");

    /** What start.sh calls; all are busybox. */
    private static final List<String> PROGRAMS =
            List.of("sh", "mount", "insmod", "mkdir", "chroot", "sleep", "sync", "reboot");

    private StartTree() {}

    /** In words, for the report. */
    static String add(Tree tree, Packages packages) throws IOException, BuildFailedException {
        BaseTree.addFolders(tree);
        tree.device("dev/console", 5, 1, 0600).device("dev/null", 1, 3, 0666);
        // The images have none of their own, only links to it.
        tree.copy(BaseTree.BUSYBOX, BaseTree.busybox(packages));
        PROGRAMS.forEach(name -> tree.link("usr/bin/" + name, "busybox"));
        String folder = "usr/lib/modules/" + BaseTree.kernelVersion(packages) + "/";
        KernelModules modules = KernelModules.of(packages, folder);
        modules.choose(MODULES);
        Map<String, Path> files = modules.files();
        StringBuilder order = new StringBuilder();
        for (String path : modules.loadingOrder()) {
            // Not below /lib/modules: what is there belongs to updates.
            String name = path.substring(path.lastIndexOf('/') + 1);
            tree.copy("start/" + name, Objects.requireNonNull(files.get(path)));
            order.append(name).append('\n');
        }
        tree.content("start/modules", BaseTree.utf8(order.toString()), false);
        tree.content("init", BaseTree.utf8(Bundled.text("start.sh")), true);
        return modules.count() + " kernel modules, busybox";
    }
}
