package firstlight.environment;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Everything of the environment that is not Java: kernel modules, firmware, programs. */
final class BaseTree {
    static final String BUSYBOX = "usr/bin/busybox";

    private final Packages packages;
    private final String modulesFolder;
    private final Tree tree;

    BaseTree(Packages packages, Tree tree) throws BuildFailedException {
        this.packages = packages;
        this.tree = tree;
        this.modulesFolder = "usr/lib/modules/" + kernelVersion(packages) + "/";
    }

    /** Such as {@code 6.1.0-40-amd64}. */
    static String kernelVersion(Packages packages) throws BuildFailedException {
        return packages.below("boot/vmlinuz-").stream()
                .findFirst()
                .map(path -> path.substring("boot/vmlinuz-".length()))
                .orElseThrow(() -> new BuildFailedException(
                        "the kernel's package holds no boot/vmlinuz-*",
                        "build on Debian: its linux-image-amd64 is what the environment is made of"));
    }

    /** Adds it all and says it in a few words. */
    String add(List<String> javaLibraries) throws IOException, BuildFailedException {
        addFolders(tree);
        int modules = addKernel();
        int programs = addPrograms(javaLibraries);
        addBusybox();
        addScripts();
        return modules + " kernel modules, " + programs + " programs, kernel " + kernelVersion(packages);
    }

    /** What the archive that the kernel unpacks and the image have alike. /usr is merged, as packages expect. */
    static void addFolders(Tree tree) {
        for (String link : List.of("bin", "sbin", "lib", "lib64")) {
            tree.link(link, "usr/" + link);
        }
        for (String folder : List.of("dev", "proc", "sys", "run", "tmp", "mnt", "root", "etc", "usr/bin", "usr/sbin")) {
            tree.directory(folder);
        }
    }

    private int addKernel() throws IOException {
        KernelModules modules = KernelModules.of(packages, modulesFolder);
        modules.choose(Bundled.lines("modules.list"));
        addModules(tree, packages, modules, modulesFolder, new KernelModules());
        for (String index : List.of("modules.builtin", "modules.builtin.modinfo", "modules.order")) {
            packages.file(modulesFolder + index).ifPresent(file -> copy(modulesFolder + index, file));
        }
        return modules.count();
    }

    /**
     * Modules, their index and the firmware that they name. Firmware that no package has is left out: many modules name files of
     * cards that nobody has.
     *
     * @param present what lies below already, in the same folder: in the index alone
     */
    static void addModules(Tree tree, Packages packages, KernelModules modules, String folder, KernelModules present)
            throws IOException {
        Map<String, Path> files = modules.files();
        files.keySet().removeAll(present.files().keySet());
        for (Map.Entry<String, Path> module : files.entrySet()) {
            tree.copy(folder + module.getKey(), module.getValue());
        }
        tree.content(folder + "modules.dep", utf8(modules.dependencies()), false);
        tree.content(folder + "modules.alias", utf8(modules.aliases()), false);
        Set<String> firmware = modules.firmware();
        firmware.removeAll(present.firmware());
        for (String name : firmware) {
            for (String step : packages.resolve("usr/lib/firmware/" + name)) {
                tree.copy(step, packages.file(step).orElseThrow());
            }
        }
    }

    /** A name that begins with ? is added where there is a package for it; any other that is missing ends the build. */
    private int addPrograms(List<String> javaLibraries) throws IOException, BuildFailedException {
        LibraryClosure closure = new LibraryClosure(packages, tree).addRunTime();
        int count = 0;
        for (String line : Bundled.lines("programs.list")) {
            boolean optional = line.startsWith("?");
            String path = optional ? line.substring(1) : line;
            // Programs moved from /sbin to /usr/bin and back between Debian's releases.
            boolean added = closure.addFile(path)
                    || closure.addFile(path.replace("usr/sbin/", "usr/bin/"))
                    || closure.addFile(path.replace("usr/bin/", "usr/sbin/"));
            if (!added && !optional) {
                throw new BuildFailedException(
                        "no package of packages.list has " + path, "build on Debian 12 or 13, or report this");
            }
            count++;
        }
        closure.addLibraries(javaLibraries, Set.of());
        if (!closure.missing().isEmpty()) {
            throw new BuildFailedException(
                    "libraries that no package has: " + closure.missing(),
                    "use a JDK whose libraries are Debian's, such as Temurin");
        }
        return count;
    }

    static Path busybox(Packages packages) throws BuildFailedException {
        return packages.file(BUSYBOX)
                .orElseThrow(() -> new BuildFailedException("busybox-static holds no busybox", "report this"));
    }

    /** Busybox, which the first process has brought, under each of its names that no better program has. */
    private void addBusybox() throws BuildFailedException {
        String list = Command.run(List.of(busybox(packages).toString(), "--list"), "build on an amd64 machine");
        for (String applet : new TreeSet<>(list.lines().toList())) {
            if (!tree.has("usr/bin/" + applet) && !tree.has("usr/sbin/" + applet)) {
                tree.link("usr/bin/" + applet, "busybox");
            }
        }
        // The kernel itself starts /sbin/modprobe when it wants a module.
        tree.link("usr/sbin/modprobe", "../bin/busybox");
    }

    /** The little of /etc that libc and busybox look at; names are resolved by files and DNS. */
    void addScripts() throws IOException {
        tree.content("etc/modprobe.d/firstlight.conf", utf8(Bundled.text("modprobe.conf")), false);
        tree.content("usr/share/udhcpc/default.script", utf8(Bundled.text("udhcpc.script")), true);
        tree.content("etc/passwd", utf8("root::0:0:root:/root:/bin/sh\n"), false);
        tree.content("etc/group", utf8("root:x:0:\ndisk:x:6:\n"), false);
        tree.content("etc/nsswitch.conf", utf8("hosts: files dns\n"), false);
        tree.content("etc/hosts", utf8("127.0.0.1 localhost\n::1 localhost\n"), false);
        tree.link("etc/mtab", "/proc/self/mounts");
    }

    private void copy(String path, Path file) {
        try {
            if (Files.size(file) > 0) {
                tree.copy(path, file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
