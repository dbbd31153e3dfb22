package firstlight.engine;

import firstlight.image.ImageFailure;
import firstlight.image.manifest.DiskImage;
import firstlight.image.manifest.Manifest;
import firstlight.model.HeldDisk;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Which disks of this PC an order means: by names and rules, or by naming none. */
record ChosenDisks(BlockDevices devices) {
    private static final List<String> INTERNAL = List.of("internal");

    /** What means another disk where one more is seen. */
    private static final Set<String> BY_PLACE = Set.of("internal", "smallest", "largest");

    /**
     * Each once; the first internal one where the order names none.
     *
     * @throws ImageFailure where one is not there, where these are fewer than
     *     {@code needed}, and where which one is meant depends on disks that nobody sees
     */
    List<BlockDevices.Device> of(List<String> names, int needed) throws ImageFailure {
        String hidden = StorageControllers.hidingDisks(devices.root());
        if (!hidden.isEmpty() && isByPlace(names)) {
            throw new ImageFailure(
                    "Which disk of this PC is meant cannot be told",
                    hidden + "; this PC has " + devices.inventory(),
                    "Set the firmware's storage setting to AHCI (a Windows that is to stay must be made ready for that before), or name the"
                            + " disk in the work");
        }
        return shown(names, needed);
    }

    private static boolean isByPlace(List<String> names) {
        return !HeldDisk.isNamed(names) || names.stream().anyMatch(BY_PLACE::contains);
    }

    /** For who reads the work afterwards: what may be the reason that it took another disk than the PC's first. Empty where nothing may. */
    String unseen(List<String> names) {
        String driverless = isByPlace(names) ? StorageControllers.withoutDriver(devices.root()) : "";
        return driverless.isEmpty()
                ? ""
                : driverless + ": if a disk is behind it, that is not seen, and the work's was chosen without it";
    }

    private List<BlockDevices.Device> shown(List<String> names, int needed) throws ImageFailure {
        Optional<HeldDisk> held = HeldDisk.in(names);
        if (held.isPresent()) {
            return List.of(held(held.get()));
        }
        List<BlockDevices.Device> chosen = new ArrayList<>();
        for (String name : names) {
            List<BlockDevices.Device> found = devices.matching(name);
            if (found.isEmpty()) {
                throw new ImageFailure(
                        "This PC has no disk '" + name + "'",
                        "it has " + devices.inventory(),
                        devices.all().isEmpty()
                                ? "Look at its cable and power, and at the firmware's storage setting"
                                : "Look at its cable and power, or name another one in the work");
            }
            found.stream().filter(device -> !chosen.contains(device)).forEach(chosen::add);
        }
        if (names.isEmpty()) {
            chosen.add(devices.firstInternal().orElseThrow(this::noInternal));
        }
        if (chosen.size() < needed) {
            throw new ImageFailure(
                    "The image has " + needed + " disks, the work names " + chosen.size(),
                    "this PC has " + devices.inventory(),
                    "Name as many disks in the work as the image has");
        }
        return chosen;
    }

    /**
     * For each disk of the image one: those named, in that order, or internal ones of the same sizes.
     *
     * @throws ImageFailure as {@link #of}
     */
    List<BlockDevices.Device> forImage(List<String> names, Manifest manifest) throws ImageFailure {
        List<Long> sizes = manifest.disks().stream().map(DiskImage::size).toList();
        if (!HeldDisk.isNamed(names) && sizes.size() > 1) {
            return BlockDevices.alike(sizes, of(INTERNAL, sizes.size()));
        }
        // A rule may mean more disks than the image has: nothing is written to the others.
        return of(names, sizes.size()).subList(0, sizes.size());
    }

    /** Those named, or all internal ones, to be looked through for a system that is there already. */
    List<BlockDevices.Device> withSystem(List<String> names) throws ImageFailure {
        return shown(HeldDisk.isNamed(names) ? names : INTERNAL, 1);
    }

    private ImageFailure noInternal() {
        return new ImageFailure(
                "This PC has no internal disk",
                "it has " + devices.inventory(),
                "Look at the disk's cable and the firmware's storage setting (AHCI, not RAID)");
    }

    private BlockDevices.Device held(HeldDisk disk) throws ImageFailure {
        Optional<BlockDevices.Device> there = devices.held(disk);
        boolean outside = there.isEmpty()
                && devices.all().stream().anyMatch(each -> each.serial().equals(disk.serial()));
        if (outside
                && devices.firstInternal().isEmpty()) { // a memory card's number: no other disk was seen then, either
            throw noInternal();
        }
        return there.orElseThrow(() -> new ImageFailure(
                "The disk that this work was begun on is not there",
                "it has the serial number " + disk.serial() + "; this PC has " + devices.inventory()
                        + ", and no other disk is taken in its place",
                "Check its cable and power. If another one is to be taken, take the work back and give it" + " anew"));
    }
}
