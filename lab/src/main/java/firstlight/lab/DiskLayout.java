package firstlight.lab;

import java.util.Optional;

/** The partitions of the lab's system disk, in MiB; one GPT disk that boots under BIOS and UEFI. */
enum DiskLayout {
    /** GRUB's core image for BIOS. */
    BIOS_BOOT(1, 1, "21686148-6449-6E6F-744E-656564454649"),
    ESP(2, 40, "C12A7328-F81F-11D2-BA4B-00A0C93EC93B"),
    ROOT(42, 600, "0FC63DAF-8483-4772-8E79-3D69D8477DE4"),
    /** Made anew by a restore: compared by its UUID, not by its octets. */
    SWAP(642, 64, "0657FD6D-A4AB-43C4-84E5-0933C84B4F4F"),
    /** NTFS with a little in it, so that every scenario with a disk meets NTFS as well. */
    DATA(706, 64, "EBD0A0A2-B9E5-4433-87C0-68B6B72699C7");

    static final int DISK_MIB = 800;

    private final int startMib;
    private final int sizeMib;
    private final String type;

    DiskLayout(int startMib, int sizeMib, String type) {
        this.startMib = startMib;
        this.sizeMib = sizeMib;
        this.type = type;
    }

    int startMib() {
        return startMib;
    }

    int sizeMib() {
        return sizeMib;
    }

    String type() {
        return type;
    }

    /** Of 512 octets. */
    long startSector() {
        return startMib * 2048L;
    }

    long startByte() {
        return startMib * (1L << 20);
    }

    /** What sfdisk(8) reads. The disk's identifier is fixed, so that a restored disk can be held against it. */
    static String sfdiskScript(Optional<String> diskId) {
        StringBuilder script = new StringBuilder("label: gpt\n");
        diskId.ifPresent(id -> script.append("label-id: ").append(id).append('\n'));
        for (DiskLayout part : values()) {
            script.append("start=").append(part.startMib).append("MiB, size=").append(part.sizeMib);
            script.append("MiB, type=")
                    .append(part.type)
                    .append(", name=")
                    .append(part.name())
                    .append('\n');
        }
        return script.toString();
    }
}
