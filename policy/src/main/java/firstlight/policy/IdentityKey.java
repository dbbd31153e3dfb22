package firstlight.policy;

import firstlight.model.FactName;
import firstlight.model.Facts;
import firstlight.model.MacAddress;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** One mark by which a device can be recognised, in the one form in which it is compared. */
public record IdentityKey(Kind kind, String value) {
    /** What a mark weighs. A device is recognised from {@link Identity#ENOUGH} on. */
    public enum Kind {
        UUID("UUID", 50),
        SERIAL("serial number", 40),
        BOARD_SERIAL("board serial", 40),
        /** Adapters and docks wander, so a MAC alone is just enough, and only while nothing speaks against it. */
        MAC("MAC", 30),
        DISK_SERIAL("disk serial", 30),
        ASSET_TAG("asset tag", 15),
        /** Drawn by the server and laid on the device's disk. With the disk it outweighs another board, without it never. */
        IMAGE_SAFE("image-safe data", 50),
        /** The same, on a disk that it was not written to: somebody copied the disk. It claims, and counts nothing. */
        COPIED_SAFE("copied image-safe data", 0);

        private final String words;
        private final int weight;

        Kind(String words, int weight) {
            this.words = words;
            this.weight = weight;
        }

        String words() {
            return words;
        }

        int weight() {
            return weight;
        }

        /** Whether it says what a server once wrote, not what the hardware is: kept as a mark of its owner alone. */
        boolean isWritten() {
            return this == IMAGE_SAFE || this == COPIED_SAFE;
        }

        /** Whether a PC has just one of these, so that another value speaks against it being the same PC. */
        boolean isSingle() {
            return switch (this) {
                case UUID, SERIAL, BOARD_SERIAL -> true;
                case MAC, DISK_SERIAL, ASSET_TAG, IMAGE_SAFE, COPIED_SAFE -> false;
            };
        }
    }

    /** The marks in {@code facts}; what a vendor left blank is none. In plain loops: each packet comes by here a few times. */
    public static Set<IdentityKey> of(Facts facts) {
        Set<IdentityKey> keys = new LinkedHashSet<>(8); // has room for six; a firmware shows two
        for (String text : facts.all(FactName.UUID)) {
            uuid(text).ifPresent(keys::add);
        }
        add(keys, Kind.SERIAL, facts.all(FactName.SERIAL));
        add(keys, Kind.BOARD_SERIAL, facts.all(FactName.BOARD_SERIAL));
        for (String text : facts.all(FactName.MAC)) {
            mac(text).ifPresent(keys::add);
        }
        for (String disk : facts.all(FactName.DISK)) {
            // "NAME BYTES SERIAL MODEL"; a disk without a serial number has "-" in its place
            String[] parts = disk.split(" ", 4);
            if (parts.length >= 3) {
                add(keys, Kind.DISK_SERIAL, List.of(parts[2]));
            }
        }
        add(keys, Kind.ASSET_TAG, facts.all(FactName.ASSET_TAG));
        for (String text : facts.all(FactName.IMAGE_SAFE)) {
            String[] parts = text.split(" ", 2);
            if (digits(parts[0], "", 32).equals(parts[0])) {
                keys.add(new IdentityKey(parts.length == 1 ? Kind.IMAGE_SAFE : Kind.COPIED_SAFE, parts[0]));
            }
        }
        return keys;
    }

    /**
     * What recognises the device that {@code identity}, 32 hexadecimal digits, was drawn for, on its disk and on copies of
     * that.
     */
    public static Set<IdentityKey> imageSafe(String identity) {
        return Set.of(new IdentityKey(Kind.IMAGE_SAFE, identity), new IdentityKey(Kind.COPIED_SAFE, identity));
    }

    private static void add(Set<IdentityKey> keys, Kind kind, List<String> texts) {
        for (String text : texts) {
            if (!Placeholders.isText(text)) {
                keys.add(new IdentityKey(kind, text.strip().toLowerCase(Locale.ROOT)));
            }
        }
    }

    /**
     * A UUID's first three fields come in either byte order: SMBIOS before 2.6, PXELINUX and GRUB do not swap them, EFI
     * and iPXE do. Both forms are the same device, so the smaller one stands for both.
     */
    private static Optional<IdentityKey> uuid(String text) {
        String digits = digits(text, "-", 32);
        if (digits.isEmpty()) {
            return Optional.empty();
        }
        String swapped =
                reverse(digits, 0, 8) + reverse(digits, 8, 12) + reverse(digits, 12, 16) + digits.substring(16);
        if (Placeholders.isUuid(digits) || Placeholders.isUuid(swapped)) {
            return Optional.empty();
        }
        return Optional.of(new IdentityKey(Kind.UUID, digits.compareTo(swapped) < 0 ? digits : swapped));
    }

    private static String reverse(String hex, int from, int to) {
        StringBuilder reversed = new StringBuilder();
        for (int at = to - 2; at >= from; at -= 2) {
            reversed.append(hex, at, at + 2);
        }
        return reversed.toString();
    }

    /**
     * The mark that {@code mac} is. Also of an address that tells nothing of who has it (all zeros or ones), which {@link #of} leaves
     * out.
     */
    public static IdentityKey mac(MacAddress mac) {
        return new IdentityKey(Kind.MAC, HexFormat.of().toHexDigits(mac.value(), 12));
    }

    private static Optional<IdentityKey> mac(String text) {
        String digits = digits(text, ":.-", 12);
        boolean usable = !digits.isEmpty() && !digits.equals("000000000000") && !digits.equals("ffffffffffff");
        return usable ? Optional.of(new IdentityKey(Kind.MAC, digits)) : Optional.empty();
    }

    /** The hexadecimal digits of {@code text}, small; empty when they are not {@code count}, or something else is among them. */
    private static String digits(String text, String separators, int count) {
        byte[] digits = new byte[count];
        int found = 0;
        for (int i = 0; i < text.length(); i++) {
            char character = text.charAt(i);
            if (separators.indexOf(character) >= 0) {
                continue;
            }
            if (found == count || !HexFormat.isHexDigit(character)) {
                return "";
            }
            digits[found++] = (byte) (character >= 'A' && character <= 'F' ? character + ('a' - 'A') : character);
        }
        return found == count ? new String(digits, StandardCharsets.US_ASCII) : "";
    }
}
