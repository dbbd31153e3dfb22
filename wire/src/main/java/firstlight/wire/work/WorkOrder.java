package firstlight.wire.work;

import firstlight.model.Scripts;
import firstlight.wire.multicast.StreamTicket;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The answer of the detailed check: what the engine is to do. Never "perhaps". */
public sealed interface WorkOrder {
    /** What every order says. */
    Heading heading();

    /**
     * @param transaction the transaction's public number
     * @param device the device's name
     * @param reasons why this work, in words
     * @param scripts run before and after work on disks
     * @param imageSafe what is to be kept outside the partitions of a restored disk, by its keys
     */
    record Heading(
            long transaction,
            String device,
            After after,
            List<String> reasons,
            Scripts scripts,
            SortedMap<String, String> imageSafe) {
        public Heading {
            reasons = List.copyOf(reasons);
            imageSafe = Collections.unmodifiableSortedMap(new TreeMap<>(imageSafe));
        }

        public Heading(long transaction, String device, After after, List<String> reasons, Scripts scripts) {
            this(transaction, device, after, reasons, scripts, Collections.emptySortedMap());
        }

        public Heading withImageSafe(SortedMap<String, String> values) {
            return new Heading(transaction, device, after, reasons, scripts, values);
        }

        /** The usual one: no scripts. */
        public Heading(long transaction, String device, After after, List<String> reasons) {
            this(transaction, device, after, reasons, Scripts.NONE);
        }
    }

    /**
     * Make a new version of {@code image}. {@code disks} empty: the first internal disk.
     *
     * @param leaveOut paths or patterns of files that read as zeros in the image
     * @param passphrases to open LUKS volumes with; secret
     */
    record Capture(
            Heading heading,
            String image,
            List<String> disks,
            IfLocked ifLocked,
            IfUnreadable ifUnreadable,
            List<String> leaveOut,
            List<String> passphrases)
            implements WorkOrder {
        public Capture {
            disks = List.copyOf(disks);
            leaveOut = List.copyOf(leaveOut);
            passphrases = List.copyOf(passphrases);
        }

        /** Of disks that can be read. */
        public Capture(
                Heading heading,
                String image,
                List<String> disks,
                IfLocked ifLocked,
                List<String> leaveOut,
                List<String> passphrases) {
            this(heading, image, disks, ifLocked, IfUnreadable.STOP, leaveOut, passphrases);
        }

        /** Without the secrets: it may end up in a log. */
        @Override
        public String toString() {
            return "Capture[" + heading + ", " + image + ", " + disks + ", " + ifLocked + ", " + ifUnreadable + ", "
                    + leaveOut + "]";
        }

        /** What becomes of a partition that cannot be looked into: encrypted, hibernated, part of an array. */
        public enum IfLocked {
            /** All of it is taken. */
            RAW,
            /** Nothing of it is. */
            SKIP,
            /** No image is made. */
            STOP
        }

        /** What becomes of sectors that cannot be read. */
        public enum IfUnreadable {
            /** No image is made. */
            STOP,
            /** Zeros take their place, and the image says so. */
            ZERO
        }
    }

    /**
     * Lay {@code image} down. {@code disks} empty: the first internal disk.
     *
     * @param computerName written into the restored system; empty leaves the image's own name
     * @param options for the engine, by its words: {@code partitions}, {@code grow}, {@code add-on-partition}
     * @param addOns add-on images, laid over it in this order
     * @param addOnsOnly the image is there already
     * @param stream the multicast stream by which the image's chunks come; empty: all of them are fetched
     * @param passphrases to open LUKS volumes with, so that what is in them gets another size and a name; secret
     */
    record Restore(
            Heading heading,
            String image,
            int version,
            List<String> disks,
            String computerName,
            SortedMap<String, String> options,
            List<AddOn> addOns,
            boolean addOnsOnly,
            Optional<StreamTicket> stream,
            List<String> passphrases)
            implements WorkOrder {
        public Restore {
            addOns = List.copyOf(addOns);
            passphrases = List.copyOf(passphrases);
            disks = List.copyOf(disks);
            options = Collections.unmodifiableSortedMap(new TreeMap<>(options));
        }

        /** The same, by a stream. */
        public Restore by(StreamTicket ticket) {
            return new Restore(
                    heading,
                    image,
                    version,
                    disks,
                    computerName,
                    options,
                    addOns,
                    addOnsOnly,
                    Optional.of(ticket),
                    passphrases);
        }

        /** The same, for an image with encrypted partitions. */
        public Restore opening(List<String> secrets) {
            return new Restore(
                    heading, image, version, disks, computerName, options, addOns, addOnsOnly, stream, secrets);
        }

        /** Without the secrets: it may end up in a log. */
        @Override
        public String toString() {
            return "Restore[" + heading + ", " + image + "@" + version + ", " + disks + ", " + computerName + ", "
                    + options + ", " + addOns + ", " + addOnsOnly + ", " + stream + "]";
        }

        /** For one PC alone. */
        public Restore(
                Heading heading,
                String image,
                int version,
                List<String> disks,
                String computerName,
                SortedMap<String, String> options,
                List<AddOn> addOns,
                boolean addOnsOnly) {
            this(
                    heading,
                    image,
                    version,
                    disks,
                    computerName,
                    options,
                    addOns,
                    addOnsOnly,
                    Optional.empty(),
                    List.of());
        }

        /** The usual one: no options, no add-ons. */
        public Restore(Heading heading, String image, int version, List<String> disks, String computerName) {
            this(heading, image, version, disks, computerName, Collections.emptySortedMap(), List.of(), false);
        }

        /** A version of an add-on image, written {@code drivers@3}. */
        public record AddOn(String image, int version) {
            @Override
            public String toString() {
                return image + "@" + version;
            }
        }
    }

    /** Nothing but the facts, which the engine has sent already. */
    record Inventory(Heading heading) implements WorkOrder {}

    /** A shell for a person at the PC. */
    record Maintenance(Heading heading) implements WorkOrder {}

    record NoWork(Heading heading) implements WorkOrder {}

    /** There is work, but it is not this PC's turn: say hello again in {@code seconds}, 1 to 3600. */
    record Wait(Heading heading, int seconds) implements WorkOrder {
        public Wait {
            if (seconds < 1 || seconds > 3600) {
                throw new IllegalArgumentException("wait 1 to 3600 seconds, not " + seconds);
            }
        }
    }

    /** Run {@code text} by the environment's shell, with the facts as variables. */
    record Script(Heading heading, String name, String text) implements WorkOrder {}

    /** Make the disks empty. {@code disks} empty: the first internal disk. */
    record Wipe(Heading heading, List<String> disks, Method method) implements WorkOrder {
        public Wipe {
            disks = List.copyOf(disks);
        }

        /** How thoroughly. */
        public enum Method {
            /** Tables and signatures only. */
            SIGNATURES,
            ZEROS,
            RANDOM,
            /** The disk's own secure discard. */
            DEVICE
        }
    }
}
