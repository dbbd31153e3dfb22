package firstlight.environment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A folder of additions as a second archive, loaded after the first. In the folder: {@code *.ko} are drivers, {@code
 * *.sh} run before hardware is looked for, {@code firmware/} goes to /lib/firmware, {@code root/} is laid over
 * everything, and a file {@code modules} names more modules of Debian's kernel, as modules.list does.
 */
final class UpdatesArchive {
    private final Path folder;

    private UpdatesArchive(Path folder) {
        this.folder = folder;
    }

    /** Empty when there is nothing in {@code folder}. */
    static Optional<UpdatesArchive> of(Path folder) throws BuildFailedException, IOException {
        if (!Files.isDirectory(folder)) {
            throw new BuildFailedException(
                    "the updates folder " + folder + " is not there", "create it, or leave --updates out");
        }
        UpdatesArchive updates = new UpdatesArchive(folder);
        return updates.files().isEmpty() ? Optional.empty() : Optional.of(updates);
    }

    /** Path and content of each file, as a part's inputs. */
    List<String> inputs() throws IOException {
        List<String> inputs = new ArrayList<>();
        for (Path file : files()) {
            boolean link = isBareLink(file);
            inputs.add(folder.relativize(file) + " " + (link ? Files.readSymbolicLink(file) : Part.hash(file)));
        }
        return inputs;
    }

    String addTo(Tree tree, Packages packages) throws IOException, BuildFailedException {
        String version = BaseTree.kernelVersion(packages);
        String modulesFolder = "usr/lib/modules/" + version + "/";
        KernelModules modules = KernelModules.of(packages, modulesFolder);
        List<String> more = new ArrayList<>();
        int scripts = 0;
        for (Path file : files()) {
            String path = folder.relativize(file).toString();
            if (path.startsWith("root/")) {
                tree.copy(path.substring("root/".length()), file);
            } else if (isBareLink(file)) {
                throw new BuildFailedException(
                        file + " is a link to a folder, or to nothing", "put there what it is to lead to");
            } else if (path.startsWith("firmware/")) {
                tree.copy("usr/lib/" + path, file.toRealPath()); // a link may lead to where only this host has it
            } else if (path.endsWith(".ko")) {
                String name = modules.add("updates/" + file.getFileName(), file.toRealPath(), version);
                more.add(name);
            } else if (path.endsWith(".sh")) {
                tree.content("firstlight/updates.d/" + file.getFileName(), Files.readAllBytes(file), true);
                scripts++;
            } else if (path.equals("modules")) {
                more.addAll(Files.readAllLines(file));
            } else {
                throw new BuildFailedException(
                        file + " is neither driver (*.ko), script (*.sh), 'modules', nor below firmware/ or root/",
                        "move or remove it; docs/environment.md tells what an updates folder holds");
            }
        }
        int before = 0;
        if (!more.isEmpty()) {
            // The base's modules first: their index is in this archive too, which is laid over the base's.
            modules.choose(Bundled.lines("modules.list"));
            before = modules.count();
            modules.choose(more);
            // Without those of the folder, which take the place of the kernel's of the same name.
            KernelModules base = KernelModules.of(packages, modulesFolder);
            base.choose(Bundled.lines("modules.list"));
            BaseTree.addModules(tree, packages, modules, modulesFolder, base);
        }
        return modules.count() - before + " kernel modules, " + scripts + " scripts";
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(file -> Files.isRegularFile(file) || isBareLink(file))
                    .sorted()
                    .toList();
        }
    }

    /** One that leads to no file. Walked through is none: it may lead to a folder that it is in. */
    private static boolean isBareLink(Path file) {
        return Files.isSymbolicLink(file) && !Files.isRegularFile(file);
    }
}
