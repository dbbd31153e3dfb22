package firstlight.engine;

import firstlight.image.Disk;
import firstlight.image.safe.SafeArea;
import firstlight.image.safe.SafeData;
import firstlight.model.FactName;
import firstlight.model.Facts;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.IntPredicate;

/** The image-safe data of this PC's disks: told to the server before work, and written again after a restore. */
public final class SafeDisks {
    /** What tells of the image, which is given up first where all is too much, in this order; an older image's is no use. */
    private static final List<String> OF_THE_IMAGE =
            List.of(SafeData.LAST_IMAGED, SafeData.LAST_VERSION, SafeData.LAST_IMAGE, SafeData.JUST_IMAGED);

    private final BlockDevices devices;
    private final DiskOpener opener;
    private final Consumer<String> say;

    /** @param say hears what each disk holds, in words */
    public SafeDisks(BlockDevices devices, DiskOpener opener, Consumer<String> say) {
        this.devices = devices;
        this.opener = opener;
        this.say = say;
    }

    /** {@code facts}, and what the internal disks say. A disk that cannot be read says nothing; work on it would tell why. */
    public Facts with(Facts facts) {
        List<String> identities = new ArrayList<>();
        Facts told = facts;
        for (BlockDevices.Device device : devices.all()) {
            Optional<SafeData> found = device.internal() ? read(device) : Optional.empty();
            if (found.isEmpty()) {
                continue;
            }
            SafeData data = found.get();
            boolean copied = data.isCopyOn(device.serial());
            say.accept("image-safe data of " + device.node() + ": " + data.words()
                    + (copied ? " (copied from another disk)" : ""));
            data.get(SafeData.IDENTITY).ifPresent(identity -> identities.add(identity + (copied ? " copied" : "")));
            told = told(told, data);
        }
        return identities.isEmpty() ? told : told.with(FactName.IMAGE_SAFE, identities.toArray(String[]::new));
    }

    /** Adds name and last image, unless an earlier disk gave them. */
    private static Facts told(Facts facts, SafeData data) {
        Facts told = facts;
        Optional<String> name = data.get(SafeData.COMPUTER_NAME);
        Optional<String> image = data.get(SafeData.LAST_IMAGE);
        if (name.isPresent() && told.first(FactName.SAFE_NAME).isEmpty()) {
            told = told.with(FactName.SAFE_NAME, name.get());
        }
        if (image.isPresent() && told.first(FactName.SAFE_IMAGE).isEmpty()) {
            String version =
                    data.get(SafeData.LAST_VERSION).map(number -> " " + number).orElse("");
            told = told.with(FactName.SAFE_IMAGE, image.get() + version);
        }
        return told;
    }

    private Optional<SafeData> read(BlockDevices.Device device) {
        try (Disk disk = opener.open(device.node(), false)) {
            return SafeArea.find(disk);
        } catch (IOException unreadable) {
            say.accept(device.node() + " cannot be read for image-safe data: " + unreadable.getMessage());
            return Optional.empty();
        }
    }

    /** What each of {@code disks} holds before work on it. To be called before the restore writes: it lies behind the partition table. */
    public static List<Optional<SafeData>> before(List<Disk> disks) throws IOException {
        List<Optional<SafeData>> found = new ArrayList<>();
        for (Disk disk : disks) {
            found.add(SafeArea.find(disk));
        }
        return found;
    }

    /**
     * What is for the system on {@code disk}, one of {@code open}. Where that has no room for any, what the others say, if they agree whose
     * they are.
     */
    static SafeData of(Disk disk, OpenDisks open, Consumer<String> say) throws IOException {
        Optional<SafeData> own = SafeArea.find(disk);
        if (own.isPresent()) {
            return own.get();
        }
        List<SafeData> others = new ArrayList<>();
        for (int i = 0; i < open.disks().size(); i++) {
            String serial = open.devices().get(i).serial();
            try {
                SafeArea.find(open.disks().get(i))
                        .filter(data -> !data.isCopyOn(serial))
                        .ifPresent(others::add);
            } catch (IOException unreadable) {
                say.accept(
                        open.disks().get(i).name() + " cannot be read for image-safe data: " + unreadable.getMessage());
            }
        }
        long devices = others.stream()
                .map(data -> data.get(SafeData.IDENTITY))
                .distinct()
                .count();
        return devices == 1 ? others.getFirst() : SafeData.of(Map.of());
    }

    /**
     * Writes what {@link #after} says onto each restored disk, and returns it for all.
     *
     * @param before what each held before
     * @param touched which of them, counted from 0, something was laid down on: the others stay as they are
     * @param bare which of them were captured without a table: one that is there all the same is not to be believed
     * @param image what was laid down as a whole; empty where chosen partitions were
     */
    public static List<SafeData> keep(
            OpenDisks restored,
            List<Optional<SafeData>> before,
            IntPredicate touched,
            IntPredicate bare,
            SortedMap<String, String> fromServer,
            String image,
            int version,
            Consumer<String> say)
            throws IOException {
        List<SafeData> kept = new ArrayList<>();
        for (int i = 0; i < before.size(); i++) {
            String serial = restored.devices().get(i).serial();
            Disk disk = restored.disks().get(i);
            After after = after(before.get(i), fromServer, image, version, serial, Instant.now());
            kept.add(after.data());
            if (!touched.test(i)) {
                continue;
            }
            if (!after.leftOut().isEmpty()) {
                say.accept("the image-safe data of " + disk.name() + " are nearly full (" + SafeData.MOST
                        + " octets fit): " + String.join(", ", after.leftOut())
                        + " left out; make room with 'img safe --set KEY=' at the maintenance prompt");
            }
            Optional<String> noRoom = bare.test(i) // a normal case: the server knows other marks
                    ? Optional.of("the image has no partition table of it")
                    : SafeArea.write(disk, after.data());
            if (noRoom.isPresent()) {
                say.accept("no room for image-safe data on " + disk.name() + ": " + noRoom.get());
                if (!image.isEmpty()) {
                    SafeArea.clear(disk); // what stayed during the restore tells of what the disk was before
                }
            }
        }
        return kept;
    }

    /** @param leftOut the keys for which there was no room, though a restore that is done is not to fail for it */
    record After(SafeData data, List<String> leftOut) {
        After {
            leftOut = List.copyOf(leftOut);
        }
    }

    /**
     * What a disk is to hold after a restore: what it held, if that was the same device's, with what the server and the work
     * say. What a person wrote on it has no identity yet; it is the device's unless it was copied from another disk.
     *
     * @param serial the disk's serial number, empty where it has none
     */
    static After after(
            Optional<SafeData> before,
            SortedMap<String, String> fromServer,
            String image,
            int version,
            String serial,
            Instant now) {
        String identity = fromServer.getOrDefault(SafeData.IDENTITY, "");
        boolean kept = before.isPresent()
                && (identity.isEmpty()
                        || before.get()
                                .get(SafeData.IDENTITY)
                                .map(identity::equals)
                                .orElseGet(() -> !before.get().isCopyOn(serial)));
        Map<String, String> values = new HashMap<>(fromServer);
        if (!image.isEmpty()) {
            values.put(SafeData.LAST_IMAGE, image);
            values.put(SafeData.LAST_VERSION, version == 0 ? "" : Integer.toString(version));
            values.put(SafeData.LAST_IMAGED, now.toString());
        }
        values.put(SafeData.JUST_IMAGED, "yes");
        if (!kept || !identity.isEmpty()) {
            values.put(SafeData.DISK_SERIAL, serial); // by hand, without a server, a copy stays one
        }
        values.put(SafeData.WRITTEN, now.toString());
        SafeData base = kept ? before.get() : SafeData.of(Map.of());
        List<String> leftOut = new ArrayList<>();
        for (String key : OF_THE_IMAGE) {
            if (!base.takes(values) && !values.getOrDefault(key, "").isEmpty()) {
                values.put(key, "");
                leftOut.add(key);
            }
        }
        for (String key : new TreeSet<>(values.keySet())) { // what is there stays
            String value = values.getOrDefault(key, "");
            boolean fresh = !value.isEmpty() && !value.equals(base.get(key).orElse(""));
            if (fresh && !base.takes(values)) {
                values.remove(key);
                leftOut.add(key);
            }
        }
        return new After(base.with(values), leftOut);
    }
}
