package firstlight.model;

import java.util.List;
import java.util.Optional;

/** What the firmware says it is: option 93, IANA "Processor Architecture Types" (RFC 4578 2.1 with its erratum). */
public enum Architecture {
    BIOS(0, Firmware.BIOS, false),
    UEFI_IA32(6, Firmware.UEFI, false),
    UEFI_X64(7, Firmware.UEFI, false),
    /** EBC by the registry; several firmwares and hypervisors send it for x64 (RFC 4578 first had 7 and 9 exchanged). */
    UEFI_EBC(9, Firmware.UEFI, false),
    UEFI_ARM32(10, Firmware.UEFI, false),
    UEFI_ARM64(11, Firmware.UEFI, false),
    UEFI_IA32_HTTP(15, Firmware.UEFI, true),
    UEFI_X64_HTTP(16, Firmware.UEFI, true),
    UEFI_EBC_HTTP(17, Firmware.UEFI, true),
    UEFI_ARM32_HTTP(18, Firmware.UEFI, true),
    UEFI_ARM64_HTTP(19, Firmware.UEFI, true),
    BIOS_HTTP(20, Firmware.BIOS, true),
    UEFI_RISCV64(27, Firmware.UEFI, false),
    UEFI_RISCV64_HTTP(28, Firmware.UEFI, true),
    UEFI_LOONG64(39, Firmware.UEFI, false),
    UEFI_LOONG64_HTTP(40, Firmware.UEFI, true),
    RASPBERRY_PI(41, Firmware.RASPBERRY_PI, false);

    /** The kind of firmware behind the code. */
    public enum Firmware {
        BIOS,
        UEFI,
        RASPBERRY_PI
    }

    private static final List<Architecture> ALL = List.of(values());

    private final int code;
    private final Firmware firmware;
    private final boolean http;

    Architecture(int code, Firmware firmware, boolean http) {
        this.code = code;
        this.firmware = firmware;
        this.http = http;
    }

    public int code() {
        return code;
    }

    public Firmware firmware() {
        return firmware;
    }

    /** Whether the firmware asks for a URL (UEFI HTTP Boot) in place of a TFTP file. */
    public boolean isHttpBoot() {
        return http;
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
