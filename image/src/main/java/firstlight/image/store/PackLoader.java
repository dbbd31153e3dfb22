package firstlight.image.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Finds the packs of a store when it is opened, and what lies in them. */
final class PackLoader {
    private static final String PACK = ".pack";

    private final Shelf shelf;
    private final Map<Integer, Pack> packs;
    private final Map<Integer, Integer> levels;
    private final Found found;
    private final PackScan.Soundness soundness;
    private final List<String> troubles = new ArrayList<>();

    /** Hears of each chunk; a later copy of one replaces an earlier, damaged one. */
    interface Found {
        void put(PackList.Entry entry, int pack);
    }

    /**
     * @param packs gets them all, by number
     * @param levels gets the levels of those that say theirs
     */
    PackLoader(
            Shelf shelf,
            Map<Integer, Pack> packs,
            Map<Integer, Integer> levels,
            Found found,
            PackScan.Soundness soundness) {
        this.shelf = shelf;
        this.packs = packs;
        this.levels = levels;
        this.found = found;
        this.soundness = soundness;
    }

    /** Returns what was found damaged, and mended where it could be. */
    List<String> load() throws IOException {
        Set<String> names = new TreeSet<>(shelf.list(Packs.FOLDER));
        List<PackScan> unlisted = new ArrayList<>();
        for (String name : names) {
            if (name.endsWith(PACK)) {
                load(name).ifPresent(unlisted::add);
            } else if (name.endsWith(PackList.SUFFIX)
                    && !names.contains(name.substring(0, name.length() - PackList.SUFFIX.length()))) {
                shelf.delete(name); // a collection was cut off between the two
            }
        }
        for (PackScan scan : unlisted) {
            finish(scan);
        }
        return troubles;
    }

    /** A pack without a sound list is scanned, and has to be finished when all packs are loaded. */
    private Optional<PackScan> load(String name) throws IOException {
        int number = Integer.parseInt(name.substring(Packs.FOLDER.length() + 1, name.length() - PACK.length()));
        Pack pack = shelf.open(name);
        packs.put(number, pack);
        PackList list = PackList.read(shelf, name);
        if (list instanceof PackList.Listed(int level, var entries)) {
            levels.put(number, level);
            entries.forEach(entry -> found.put(entry, number));
            return Optional.empty();
        }
        PackScan scan = PackScan.of(number, pack, list instanceof PackList.Damaged);
        scan.whole().forEach(entry -> found.put(entry, number));
        return Optional.of(scan);
    }

    private void finish(PackScan scan) throws IOException {
        List<PackList.Entry> entries = scan.entries(soundness);
        entries.stream().filter(entry -> entry.base().isPresent()).forEach(entry -> found.put(entry, scan.number()));
        Pack pack = scan.pack();
        scan.trouble(entries.size(), shelf.toString()).ifPresent(troubles::add);
        pack.sync(); // what was read may still be in the cache of a process that was killed
        try {
            PackList.write(shelf, pack.name(), 0, entries);
        } catch (IOException broken) {
            String why = String.valueOf(broken.getMessage());
            if (!why.contains("No space left") && !why.contains("Disk quota exceeded")) {
                throw broken;
            }
            troubles.add(pack.name()
                    + " is read at each start of the server until there is room for a list of what it holds: " + why);
        }
    }
}
