package firstlight.environment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A folder of additions as a second archive, loaded after the first. In the folder: {@code *.ko} are drivers, {@code
 * *.sh} run before hardware is looked for, {@code firmware/} goes to /lib/firmware, {@code root/} is laid over
 * everything, and a file {@code modules} names more modules of Debian's kernel, as modules.list does.
 */
final class UpdatesArchive {
    private static final Path FIRMWARE = Path.of("firmware");
    private static final Path ROOT = Path.of("root");

    private final Path folder;
    private final List<Path> files = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

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
        updates.gather(folder, new ArrayDeque<>());
        return updates.files.isEmpty() && updates.notes.isEmpty() ? Optional.empty() : Optional.of(updates);
    }

    /** Nothing but notes. */
    boolean isEmpty() {
        return files.isEmpty();
    }

    /** Of links that lead to nothing that a PC could have: one of them, which no PC may need, keeps nothing else from being built. */
    List<String> notes() {
        return List.copyOf(notes);
    }

    /** Path and content of each file, as a part's inputs. */
    List<String> inputs() throws IOException {
        List<String> inputs = new ArrayList<>();
        for (Path file : files) {
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
        for (Path file : files) {
            String path = folder.relativize(file).toString();
            if (path.startsWith("root/")) {
                tree.copy(path.substring("root/".length()), file);
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

    /** @param around the folders that {@code at} is in, as they really are: a link may lead to one of them */
    private void gather(Path at, Deque<Path> around) throws IOException {
        around.push(at.toRealPath());
        List<Path> entries;
        try (Stream<Path> all = Files.list(at)) {
            entries = all.sorted().toList();
        }
        for (Path entry : entries) {
            Path path = folder.relativize(entry);
            boolean isKept = path.startsWith(ROOT) && !path.equals(ROOT); // links as links
            if (Files.isRegularFile(entry) || (isKept && Files.isSymbolicLink(entry))) {
                files.add(entry);
            } else if (!Files.isDirectory(entry)) {
                noteIfLink(entry, "leads to nothing");
            } else if (!Files.isSymbolicLink(entry)) {
                gather(entry, around);
            } else if (!path.startsWith(FIRMWARE) && !path.equals(ROOT)) {
                noteIfLink(entry, "leads to a folder, which is followed below firmware/ alone");
            } else if (around.contains(entry.toRealPath())) {
                noteIfLink(entry, "leads to a folder that it is in");
            } else {
                gather(entry, around);
            }
        }
        around.pop();
    }

    private void noteIfLink(Path entry, String why) {
        if (Files.isSymbolicLink(entry)) {
            notes.add("left out of the updates: " + entry + " is a link that " + why);
        }
    }

    /** One of {@code root/} that leads to no file here. */
    private static boolean isBareLink(Path file) {
        return Files.isSymbolicLink(file) && !Files.isRegularFile(file);
    }
}
