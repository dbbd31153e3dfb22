package firstlight.environment;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The kernel modules of an environment: a selection, what it depends on, and the index files that modprobe reads,
 * which are made here from the modules' own {@code .modinfo} (depmod would want a whole installed kernel).
 */
final class KernelModules {
    private final Map<String, Module> byName = new TreeMap<>();
    /** In the order in which they were chosen, with all that they need. */
    private final SequencedSet<Module> chosen = new LinkedHashSet<>();

    /** {@code path} is below the kernel's module folder: {@code kernel/drivers/...}. */
    private record Module(String name, String path, Path file, Elf elf) {
        /** Needed before this one: by symbol, or by what the module asks for in words (r8169 its PHY driver). */
        List<String> needs() {
            Stream<String> symbols = elf.modinfo("depends").stream().flatMap(line -> Stream.of(line.split(",", -1)));
            Stream<String> soft = elf.modinfo("softdep").stream()
                    .filter(line -> line.startsWith("pre:"))
                    .flatMap(line -> Stream.of(
                            line.substring(4).split("post:", 2)[0].strip().split("\\s+", -1)));
            return Stream.concat(symbols, soft)
                    .filter(name -> !name.isEmpty())
                    .map(KernelModules::normal)
                    .distinct()
                    .toList();
        }
    }

    /** Reads the modules of {@code packages} below {@code folder}, such as {@code usr/lib/modules/6.1.0-40-amd64/}. */
    static KernelModules of(Packages packages, String folder) throws IOException {
        KernelModules modules = new KernelModules();
        for (String path : packages.below(folder + "kernel/")) {
            Path file = packages.file(path).orElseThrow();
            Optional<Elf> elf = path.endsWith(".ko") ? Elf.read(file) : Optional.empty();
            if (elf.isPresent()) {
                String name = normal(file.getFileName().toString().replaceAll("\\.ko$", ""));
                modules.byName.put(name, new Module(name, path.substring(folder.length()), file, elf.get()));
            }
        }
        return modules;
    }

    /** Adds a module of somebody's own and answers with its path; it must be built for the kernel {@code version}. */
    String add(String path, Path file, String version) throws IOException, BuildFailedException {
        Optional<Elf> elf = Elf.read(file);
        String builtFor =
                elf.map(found -> String.join(" ", found.modinfo("vermagic"))).orElse("");
        if (!builtFor.startsWith(version + " ")) {
            throw new BuildFailedException(
                    file + " is " + (builtFor.isEmpty() ? "no kernel module" : "a module for kernel " + builtFor),
                    "build it for kernel " + version);
        }
        String name = normal(path.replaceFirst(".*/", "").replaceAll("\\.ko$", ""));
        byName.put(name, new Module(name, path, file, elf.orElseThrow()));
        return path;
    }

    /** Chooses by lines of path prefixes; a line that begins with '-' takes out what earlier lines chose. May be called again, for more. */
    void choose(List<String> lines) {
        Set<Module> wanted = new LinkedHashSet<>();
        for (String line : lines) {
            String pattern = line.replaceFirst("#.*", "").strip();
            if (pattern.startsWith("-")) {
                wanted.removeIf(module -> module.path.startsWith(pattern.substring(1)));
            } else if (!pattern.isEmpty()) {
                byName.values().stream()
                        .filter(module -> module.path.startsWith(pattern))
                        .forEach(wanted::add);
            }
        }
        for (Module module : wanted) {
            chosen.addAll(withNeeds(module));
        }
    }

    /** The module, then what it needs, the deepest last. */
    private SequencedSet<Module> withNeeds(Module module) {
        SequencedSet<Module> all = new LinkedHashSet<>();
        all.add(module);
        for (String name : module.needs()) {
            Module needed = byName.get(name);
            if (needed != null) {
                SequencedSet<Module> deeper = withNeeds(needed);
                all.removeAll(deeper);
                all.addAll(deeper);
            }
        }
        return all;
    }

    int count() {
        return chosen.size();
    }

    /** Every firmware file that a chosen module names, below /lib/firmware; no package need have it. */
    Set<String> firmware() {
        return chosen.stream()
                .flatMap(module -> module.elf.modinfo("firmware").stream())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Path below the module folder, and the file. */
    Map<String, Path> files() {
        Map<String, Path> files = new LinkedHashMap<>();
        chosen.forEach(module -> files.put(module.path, module.file));
        return files;
    }

    /** The chosen modules' paths, none before what it needs. */
    List<String> loadingOrder() {
        SequencedSet<String> order = new LinkedHashSet<>();
        for (Module module : sorted()) {
            withNeeds(module).reversed().forEach(needed -> order.add(needed.path));
        }
        return List.copyOf(order);
    }

    /** {@code modules.dep}: a module, then what to load before it, the deepest last. */
    String dependencies() {
        StringBuilder text = new StringBuilder();
        for (Module module : sorted()) {
            List<String> needs = withNeeds(module).stream()
                    .filter(needed -> !needed.equals(module))
                    .map(Module::path)
                    .toList();
            text.append(module.path).append(':');
            needs.forEach(path -> text.append(' ').append(path));
            text.append('\n');
        }
        return text.toString();
    }

    /** {@code modules.alias}: which module drives which device. */
    String aliases() {
        StringBuilder text = new StringBuilder();
        for (Module module : sorted()) {
            for (String alias : module.elf.modinfo("alias")) {
                text.append("alias ")
                        .append(alias)
                        .append(' ')
                        .append(module.name)
                        .append('\n');
            }
        }
        return text.toString();
    }

    private List<Module> sorted() {
        List<Module> sorted = new ArrayList<>(chosen);
        sorted.sort(Comparator.comparing(Module::path));
        return sorted;
    }

    /** The kernel takes hyphens in names for underscores; files have either. */
    private static String normal(String name) {
        return name.replace('-', '_');
    }
}
