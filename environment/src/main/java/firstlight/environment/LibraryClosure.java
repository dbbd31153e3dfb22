package firstlight.environment;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Adds programs to a tree together with the libraries that they need, found by DT_NEEDED. */
final class LibraryClosure {
    private static final List<String> FOLDERS =
            List.of("usr/lib/x86_64-linux-gnu/", "usr/lib64/", "usr/lib/", "usr/lib/x86_64-linux-gnu/blas/");
    /**
     * What DT_NEEDED does not tell: the loader, the unwinder that glibc opens by itself when a thread is cancelled
     * (partclone aborts without it), and glibc's name service modules.
     */
    private static final List<String> OPENED_AT_RUN_TIME =
            List.of("libgcc_s.so.1", "libnss_files.so.2", "libnss_dns.so.2");

    private final Packages packages;
    private final Tree tree;
    private final Set<String> missing = new LinkedHashSet<>();

    LibraryClosure(Packages packages, Tree tree) {
        this.packages = packages;
        this.tree = tree;
    }

    /** Adds the loader and what glibc opens by itself. */
    LibraryClosure addRunTime() throws IOException {
        addFile("usr/lib64/ld-linux-x86-64.so.2");
        addLibraries(OPENED_AT_RUN_TIME, Set.of());
        return this;
    }

    /** Adds the program at {@code path}, with the links on the way to it and its libraries; false when no package has it. */
    boolean addFile(String path) throws IOException {
        List<String> way = packages.resolve(path);
        for (String step : way) {
            Path file = packages.file(step).orElseThrow();
            if (!tree.has(step)) {
                tree.copy(step, file);
                Optional<Elf> elf = Elf.read(file);
                if (elf.isPresent()) {
                    addLibraries(elf.get().needed(), Set.of());
                }
            }
        }
        return !way.isEmpty();
    }

    /** Adds {@code names} and what they need in turn; {@code own} are at hand elsewhere (a JRE's own libraries). */
    void addLibraries(List<String> names, Set<String> own) throws IOException {
        Deque<String> open = new ArrayDeque<>(names);
        while (!open.isEmpty()) {
            String name = open.pop();
            if (own.contains(name)) {
                continue;
            }
            List<String> way = FOLDERS.stream()
                    .map(folder -> packages.resolve(folder + name))
                    .filter(found -> !found.isEmpty())
                    .findFirst()
                    .orElse(List.of());
            if (way.isEmpty()) {
                missing.add(name);
            }
            for (String step : way) {
                Path file = packages.file(step).orElseThrow();
                if (!tree.has(step)) {
                    tree.copy(step, file);
                    Elf.read(file).ifPresent(elf -> elf.needed().forEach(open::push));
                }
            }
        }
    }

    /** Libraries that something needs and no package has. */
    List<String> missing() {
        return new ArrayList<>(missing);
    }
}
