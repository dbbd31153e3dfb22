package firstlight.image.addon;

import firstlight.image.Amount;
import firstlight.image.ImageFailure;
import firstlight.image.manifest.AddOn;
import firstlight.image.manifest.AddOnEntry;
import firstlight.image.manifest.TreePath;
import firstlight.image.tree.FileStat;
import firstlight.image.tree.FileTree;
import firstlight.image.tree.Folded;
import firstlight.image.tree.Room;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What is to be done to lay an add-on over a tree, decided before anything is written.
 *
 * @param implied folders that the files need and the add-on does not describe
 * @param made folders that are not there yet
 * @param batches plain files in the order of their content; those of a batch are written, then take their places together
 */
record LayPlan(List<String> implied, Set<String> made, List<List<AddOnEntry.Plain>> batches) {
    /** Octets and files that may be there twice, old and new, for a while. */
    private static final long BATCH_OCTETS = 64L << 20;

    private static final int BATCH_FILES = 256;
    /** Files that a failure names; of more it tells how many. */
    private static final int TOLD = 5;

    private static final String LEAVE_OUT = "Make the add-on without it, or choose another partition";

    /** @throws ImageFailure when the tree cannot take the add-on: by its names, kinds of file, what is there, or for want of room */
    static LayPlan of(AddOn addOn, FileTree tree, Keeping keeping, String where) throws IOException {
        return new Check(addOn, tree, keeping, where).plan();
    }

    /**
     * What can be known of it by its table of files alone.
     *
     * @throws ImageFailure when no tree of that kind can take it
     */
    static void checkNames(AddOn addOn, Keeping keeping, String where) throws ImageFailure {
        refuse(names(addOn, keeping), where, "cannot hold these files", LEAVE_OUT);
    }

    private static void refuse(List<String> wrong, String where, String what, String cure) throws ImageFailure {
        if (!wrong.isEmpty()) {
            String more = wrong.size() > TOLD ? "; and " + (wrong.size() - TOLD) + " more" : "";
            throw new ImageFailure(
                    "The add-on was not laid down: " + where + " " + what,
                    String.join("; ", wrong.subList(0, Math.min(TOLD, wrong.size()))) + more,
                    cure);
        }
    }

    /** In words, what is wrong with names and kinds; empty where all can be held. */
    private static List<String> names(AddOn addOn, Keeping keeping) {
        List<String> wrong = new ArrayList<>();
        Map<String, String> folded = new HashMap<>();
        for (AddOnEntry entry : addOn.entries()) {
            String path = entry.path();
            keeping.refuses(TreePath.name(path)).ifPresent(why -> wrong.add("'" + path + "': " + why));
            if (keeping.isUnix()) {
                continue;
            }
            String twin = folded.putIfAbsent(Folded.fold(path), path);
            if (twin != null) {
                wrong.add("'" + path + "' and '" + twin + "' are one file there");
            }
            switch (entry) {
                case AddOnEntry.Link _ -> wrong.add("'" + path + "' is a symbolic link");
                case AddOnEntry.Special _ -> wrong.add("'" + path + "' is a device or FIFO");
                case AddOnEntry.Plain file
                when file.length() > keeping.longest() -> wrong.add("'" + path + "' has 4 GiB or more");
                case AddOnEntry.Plain _, AddOnEntry.Twin _, AddOnEntry.Folder _ -> {}
            }
        }
        return wrong;
    }

    private static final class Check {
        private final AddOn addOn;
        private final FileTree tree;
        private final Keeping keeping;
        private final String where;
        /** In the order of the check, a parent before what is in it. */
        private final List<String> implied = new ArrayList<>();

        private final Set<String> made = new HashSet<>();
        /** Folders that were looked at: each once, however many files are in it. */
        private final Set<String> sound = new HashSet<>();

        private final List<String> wrong = new ArrayList<>();

        Check(AddOn addOn, FileTree tree, Keeping keeping, String where) {
            this.addOn = addOn;
            this.tree = tree;
            this.keeping = keeping;
            this.where = where;
        }

        LayPlan plan() throws IOException {
            checkNames(addOn, keeping, where);
            List<String> mounts = Fstab.mountPoints(tree);
            for (AddOnEntry entry : addOn.entries()) {
                mounts.stream()
                        .filter(point -> entry.path().startsWith(point + "/"))
                        .findFirst()
                        .ifPresent(point -> wrong.add("'" + entry.path() + "' would be hidden: the system's etc/fstab"
                                + " mounts another file system on /" + point));
                parent(entry);
                place(entry);
            }
            refuse(
                    wrong,
                    where,
                    "cannot take it over what it holds",
                    "Make the add-on fit that system, or choose another partition");
            LayPlan plan = new LayPlan(List.copyOf(implied), Set.copyOf(made), batches());
            room(plan);
            return plan;
        }

        /** Whether what is there now is taken away first. */
        private boolean goes(String path) {
            return addOn.gone().stream().anyMatch(gone -> path.equals(gone) || path.startsWith(gone + "/"));
        }

        private void parent(AddOnEntry entry) throws IOException {
            Optional<String> parent = TreePath.parent(entry.path());
            if (parent.isPresent() && !sound.contains(parent.get())) {
                folder(parent.get(), true);
            }
        }

        private void folder(String path, boolean isImplied) throws IOException {
            if (!sound.add(path)) {
                return;
            }
            Optional<String> parent = TreePath.parent(path);
            if (parent.isPresent()) {
                folder(parent.get(), true);
            }
            Optional<FileStat> there = goes(path) ? Optional.empty() : tree.stat(path);
            if (there.isEmpty()) {
                made.add(path);
                if (isImplied) {
                    implied.add(path);
                }
            } else if (!there.get().isFolder() && !tree.leadsToFolder(path)) {
                wrong.add("'" + path + "' is no folder there");
            }
        }

        private void place(AddOnEntry entry) throws IOException {
            if (entry instanceof AddOnEntry.Folder) {
                folder(entry.path(), false);
            } else if (!goes(entry.path())
                    && tree.stat(entry.path()).filter(FileStat::isFolder).isPresent()) {
                wrong.add("'" + entry.path() + "' is a folder there");
            }
        }

        private List<List<AddOnEntry.Plain>> batches() {
            List<AddOnEntry.Plain> files = new ArrayList<>();
            for (AddOnEntry entry : addOn.entries()) {
                if (entry instanceof AddOnEntry.Plain file) {
                    files.add(file);
                }
            }
            // As the content is read from front to back: each chunk is fetched once.
            files.sort(Comparator.comparingLong(AddOnEntry.Plain::offset));
            List<List<AddOnEntry.Plain>> batches = new ArrayList<>();
            List<AddOnEntry.Plain> batch = new ArrayList<>();
            long octets = 0;
            for (AddOnEntry.Plain file : files) {
                long more = file.data().octets();
                if (!batch.isEmpty() && (octets + more > BATCH_OCTETS || batch.size() == BATCH_FILES)) {
                    batches.add(List.copyOf(batch));
                    batch.clear();
                    octets = 0;
                }
                batch.add(file);
                octets += more;
            }
            if (!batch.isEmpty()) {
                batches.add(List.copyOf(batch));
            }
            return batches;
        }

        /** The most that is needed at any moment; what goes and what is replaced gives its room back. */
        private void room(LayPlan plan) throws IOException {
            Room room = tree.room();
            Need need = new Need(room.block(), keeping, tree);
            for (String path : addOn.gone()) {
                need.gone(path);
            }
            long nodes = plan.made.size();
            need.take(plan.made.size() * room.block());
            for (List<AddOnEntry.Plain> batch : plan.batches) {
                need.batch(batch);
            }
            for (AddOnEntry entry : addOn.entries()) {
                boolean isNew = !(entry instanceof AddOnEntry.Folder)
                        && tree.stat(entry.path()).isEmpty();
                nodes += isNew && !(entry instanceof AddOnEntry.Twin && keeping.hasTwins()) ? 1 : 0;
            }
            // 2 % and a MiB more: for folders, and for what the file system itself needs of new files.
            long wanted = need.most() + need.most() / 50 + (1 << 20);
            if (need.most() > 0 && wanted > room.free()) {
                throw new ImageFailure(
                        "The add-on was not laid down: " + where + " has not enough room",
                        Amount.mib(wanted) + " are needed, " + Amount.mib(room.free()) + " are free",
                        "Make room in the base image, or restore with a partition that grows");
            }
            // Who has no fixed number of inodes (Btrfs, FAT) says 0.
            if (room.nodes() > 0 && nodes > room.freeNodes()) {
                throw new ImageFailure(
                        "The add-on was not laid down: " + where + " has not enough inodes",
                        nodes + " files are new, " + room.freeNodes() + " more are possible",
                        "Make the base image's file system with more inodes");
            }
        }
    }
}
