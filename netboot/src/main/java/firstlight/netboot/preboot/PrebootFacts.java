package firstlight.netboot.preboot;

import firstlight.model.FactName;
import firstlight.model.Facts;
import firstlight.model.MacAddress;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The question of a preboot client, {@code /preboot?mac=..&uuid=..}, read into facts. */
final class PrebootFacts {
    /** Longer than any SMBIOS string that means something; the rest is cut. */
    private static final int MAX_LENGTH = 200;

    /** By the names that our own scripts give them, which are those of iPXE's settings. */
    private static final Map<String, FactName> PARAMETERS = Map.of(
            "uuid", FactName.UUID,
            "serial", FactName.SERIAL,
            "asset", FactName.ASSET_TAG,
            "board", FactName.BOARD_SERIAL,
            "manufacturer", FactName.MANUFACTURER,
            "product", FactName.MODEL,
            "buildarch", FactName.ARCHITECTURE);

    /** iPXE's {@code busid}: 01 for PCI, then vendor and device. */
    private static final Pattern PCI =
            Pattern.compile("01[:-]?(\\p{XDigit}{2})[:-]?(\\p{XDigit}{2})[:-]?(\\p{XDigit}{2})[:-]?(\\p{XDigit}{2})");

    private PrebootFacts() {}

    /** Parameters that are empty (iPXE's unset settings) or unknown are left out; so is a MAC that is none. */
    static Facts of(Map<String, String> parameters) {
        Map<FactName, List<String>> values = new EnumMap<>(FactName.class);
        PARAMETERS.forEach((parameter, fact) -> {
            String value = parameters.getOrDefault(parameter, "").strip();
            values.put(fact, List.of(value.substring(0, Math.min(value.length(), MAX_LENGTH))));
        });
        mac(parameters.getOrDefault("mac", "")).ifPresent(mac -> values.put(FactName.MAC, List.of(mac.toString())));
        Matcher pci = PCI.matcher(parameters.getOrDefault("pci", ""));
        if (pci.matches()) {
            values.put(
                    FactName.NIC_PCI_ID,
                    List.of((pci.group(1) + pci.group(2) + ":" + pci.group(3) + pci.group(4))
                            .toLowerCase(Locale.ROOT)));
        }
        switch (parameters.getOrDefault("platform", "")) {
            case "pcbios" -> values.put(FactName.FIRMWARE, List.of("bios"));
            case "efi" -> values.put(FactName.FIRMWARE, List.of("uefi"));
            default -> {} // a platform that no boot program of ours is built for
        }
        return new Facts(values);
    }

    /** With colons or hyphens; empty for anything else. */
    static Optional<MacAddress> mac(String text) {
        try {
            return Optional.of(MacAddress.parse(text));
        } catch (IllegalArgumentException noMac) {
            return Optional.empty();
        }
    }
}
