package firstlight.image.store;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.Progress;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What ought to be in a store that was tortured. */
final class Ledger implements Torture.Witness {
    private final long seed;
    private final Map<String, String> published = new ConcurrentHashMap<>();
    private final Set<String> removing = ConcurrentHashMap.newKeySet();

    Ledger(long seed) {
        this.seed = seed;
    }

    @Override
    public void published(String name, String digest) {
        published.put(name, digest);
    }

    @Override
    public void removing(String name) {
        removing.add(name);
    }

    @Override
    public void stays(String name) {
        removing.remove(name);
    }

    int size() {
        return published.size();
    }

    /** What is there can be read, and whatever was published and not removed is there. */
    void check(ImageStore store) throws IOException {
        Map<String, String> there = new HashMap<>();
        Set<String> tags = new HashSet<>();
        for (ImageVersion version : store.list()) {
            assertThat(version.damage()).as("seed %d, %s", seed, version.name()).isEmpty();
            there.put(version.name(), version.digest().toHex());
            Torture.readAll(store, version);
            assertThat(store.verify(version, Progress.SILENT))
                    .as("seed %d, %s", seed, version.name())
                    .isEmpty();
            version.notes()
                    .tags()
                    .forEach(tag -> assertThat(tags.add(version.image() + " " + tag))
                            .as("seed %d, %s is on one version", seed, tag)
                            .isTrue());
        }
        checkThere(there);
    }

    /** Whatever was published and not removed is there, whole or damaged. */
    void checkThere(ImageStore store) throws IOException {
        Map<String, String> there = new HashMap<>();
        for (ImageVersion version : store.list()) {
            there.put(version.name(), version.digest().toHex());
        }
        checkThere(there);
    }

    private void checkThere(Map<String, String> there) {
        published.forEach((name, digest) -> {
            if (!removing.contains(name)) {
                assertThat(there).as("seed %d", seed).containsEntry(name, digest);
            }
        });
    }

    /** Nothing else is there; not so after a kill, which may come before a publication was told. */
    void checkNothingElse(ImageStore store) throws IOException {
        for (ImageVersion version : store.list()) {
            assertThat(published)
                    .as("seed %d", seed)
                    .containsEntry(version.name(), version.digest().toHex());
        }
    }
}
