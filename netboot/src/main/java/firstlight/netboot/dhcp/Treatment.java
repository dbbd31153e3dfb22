package firstlight.netboot.dhcp;

import firstlight.model.Architecture;
import firstlight.model.FactName;
import firstlight.model.Facts;
import java.util.EnumMap;
import java.util.List;
import java.util.Optional;

/**
 * How a client is answered: what its kind usually gets, changed by the rows of {@link Quirk} that match it and by the settings.
 *
 * @param localBoot how it is told to go on to its local disk
 * @param firmwareMenu whether its own prompt and menu work
 * @param through4011 whether it must be sent to 4011 for the name of its boot file
 * @param runsScripts an iPXE that can run our script as it is
 * @param outranks whether it is told to take our answer before any other server's
 * @param spoils whether it may spoil a DHCP server's offer as it reads it ({@link SpoiltOffers})
 */
record Treatment(
        Optional<Architecture> architecture,
        ClientKind kind,
        LocalBoot localBoot,
        boolean firmwareMenu,
        boolean through4011,
        boolean runsScripts,
        boolean outranks,
        boolean spoils) {
    /** The ways to a local disk. */
    enum LocalBoot {
        /** A PXE menu whose only item is the local disk, chosen at once: nothing is downloaded. */
        MENU,
        /** A URL behind which nothing is: the firmware gives up at once and takes its next boot option. */
        MISSING_FILE,
        /** The preboot client, which asks and is told so. */
        PREBOOT_CLIENT,
        SILENCE
    }

    private static final List<Quirk> QUIRKS = List.of(Quirk.values());

    static Treatment of(Client client, ProxyDhcpSettings settings) {
        Treatment treatment = usual(client, client.architecture());
        for (Quirk quirk : QUIRKS) {
            if (!settings.withoutQuirks().contains(quirk) && quirk.matches(client, treatment)) {
                treatment = quirk.change(client, treatment);
            }
        }
        return treatment.as(settings.kinds());
    }

    /** What a client of this architecture gets if nothing is known against it. */
    static Treatment usual(Client client, Optional<Architecture> architecture) {
        return new Treatment(architecture, kind(client, architecture), LocalBoot.MENU, true, false, true, false, false);
    }

    private static ClientKind kind(Client client, Optional<Architecture> architecture) {
        Architecture.Firmware firmware =
                architecture.map(Architecture::firmware).orElse(Architecture.Firmware.BIOS);
        if (client.isIpxe()) {
            return firmware == Architecture.Firmware.UEFI ? ClientKind.IPXE_UEFI : ClientKind.IPXE_BIOS;
        }
        if (client.isHttpBoot()) {
            return ClientKind.HTTP_BOOT;
        }
        return switch (firmware) {
            case BIOS -> ClientKind.BIOS_ROM;
            case UEFI -> ClientKind.UEFI_PXE;
            case RASPBERRY_PI -> ClientKind.RASPBERRY_PI;
        };
    }

    /** The settings have the last word. */
    private Treatment as(ProxyDhcpSettings.Kinds kinds) {
        Treatment treatment = this;
        if (kinds.withoutFirstAnswerLocalBoot().contains(kind)) {
            treatment = treatment.with(LocalBoot.PREBOOT_CLIENT);
        }
        if (kinds.withoutFirmwareMenu().contains(kind)) {
            treatment = treatment.withoutFirmwareMenu();
        }
        return kinds.throughPort4011().contains(kind) && kind.asksOnPort4011()
                ? treatment.withThrough4011()
                : treatment;
    }

    Treatment with(LocalBoot way) {
        return new Treatment(architecture, kind, way, firmwareMenu, through4011, runsScripts, outranks, spoils);
    }

    Treatment withoutFirmwareMenu() {
        return new Treatment(architecture, kind, localBoot, false, through4011, runsScripts, outranks, spoils);
    }

    Treatment withThrough4011() {
        return new Treatment(architecture, kind, localBoot, firmwareMenu, true, runsScripts, outranks, spoils);
    }

    Treatment withoutScripts() {
        return new Treatment(architecture, kind, localBoot, firmwareMenu, through4011, false, outranks, spoils);
    }

    Treatment outranking() {
        return new Treatment(architecture, kind, localBoot, firmwareMenu, through4011, runsScripts, true, spoils);
    }

    Treatment spoiling() {
        return new Treatment(architecture, kind, localBoot, firmwareMenu, through4011, runsScripts, outranks, true);
    }

    /** The client's facts with what it turned out to be; the words are those that iPXE uses for its builds. */
    Facts facts(Client client) {
        if (architecture.isEmpty()) {
            return client.facts();
        }
        Architecture known = architecture.get();
        EnumMap<FactName, List<String>> facts = new EnumMap<>(FactName.class);
        facts.putAll(client.facts().values());
        facts.put(
                FactName.FIRMWARE,
                List.of(
                        switch (known.firmware()) {
                            case BIOS -> "bios";
                            case UEFI -> "uefi";
                            case RASPBERRY_PI -> "raspberry-pi";
                        }));
        facts.put(FactName.ARCHITECTURE, List.of(word(known)));
        return new Facts(facts);
    }

    private static String word(Architecture architecture) {
        return switch (architecture) {
            case BIOS, BIOS_HTTP, UEFI_IA32, UEFI_IA32_HTTP -> "i386";
            case UEFI_X64, UEFI_X64_HTTP, UEFI_EBC, UEFI_EBC_HTTP -> "x86_64";
            case UEFI_ARM32, UEFI_ARM32_HTTP -> "arm32";
            case UEFI_ARM64, UEFI_ARM64_HTTP, RASPBERRY_PI -> "arm64";
            case UEFI_RISCV64, UEFI_RISCV64_HTTP -> "riscv64";
            case UEFI_LOONG64, UEFI_LOONG64_HTTP -> "loong64";
        };
    }
}
