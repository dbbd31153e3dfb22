package firstlight.model;

import java.util.List;
import java.util.Optional;

/** What the firmware says it is: option 93, IANA "Processor Architecture Types" (RFC 4578 2.1 with its erratum). */
public enum Architecture {
    BIOS(0, Firmware.BIOS),
    UEFI_IA32(6, Firmware.UEFI),
    UEFI_X64(7, Firmware.UEFI),
    /** EBC by the registry; several firmwares and hypervisors send it for x64 (RFC 4578 first had 7 and 9 exchanged). */
    UEFI_EBC(9, Firmware.UEFI),
    UEFI_ARM32(10, Firmware.UEFI),
    UEFI_ARM64(11, Firmware.UEFI),
    UEFI_IA32_HTTP(15, Firmware.UEFI),
    UEFI_X64_HTTP(16, Firmware.UEFI),
    UEFI_EBC_HTTP(17, Firmware.UEFI),
    UEFI_ARM32_HTTP(18, Firmware.UEFI),
    UEFI_ARM64_HTTP(19, Firmware.UEFI),
    BIOS_HTTP(20, Firmware.BIOS),
    UEFI_RISCV64(27, Firmware.UEFI),
    UEFI_RISCV64_HTTP(28, Firmware.UEFI),
    UEFI_LOONG64(39, Firmware.UEFI),
    UEFI_LOONG64_HTTP(40, Firmware.UEFI),
    RASPBERRY_PI(41, Firmware.RASPBERRY_PI);

    /** The kind of firmware behind the code. */
    public enum Firmware {
        BIOS,
        UEFI,
        RASPBERRY_PI
    }

    private static final List<Architecture> ALL = List.of(values());

    private final int code;
    private final Firmware firmware;

    Architecture(int code, Firmware firmware) {
        this.code = code;
        this.firmware = firmware;
    }

    public Firmware firmware() {
        return firmware;
    }

    /** Empty for codes that Firstlight has no boot program for. */
    public static Optional<Architecture> ofCode(int code) {
        for (Architecture architecture : ALL) {
            if (architecture.code == code) {
                return Optional.of(architecture);
            }
        }
        return Optional.empty();
    }
}
