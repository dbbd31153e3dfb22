package firstlight.lab;

/** The partitions of the {@link DataDisk}, in MiB and in the order of the disk: one for each way in which content is captured. */
enum DataPart {
    /** First, and with the most to give: on a smaller disk it is this one that shrinks, and all others move. */
    NTFS(1, 1, 160, "EBD0A0A2-B9E5-4433-87C0-68B6B72699C7"),
    EXT4(2, 161, 48, "0FC63DAF-8483-4772-8E79-3D69D8477DE4"),
    /** Physical volumes of one group: a linear volume on the first, one striped over both. */
    LVM_ONE(3, 209, 64, "E6D6D379-F507-44C2-A23C-238F2A3DF928"),
    LVM_TWO(4, 273, 32, "E6D6D379-F507-44C2-A23C-238F2A3DF928"),
    F2FS(5, 305, 104, "0FC63DAF-8483-4772-8E79-3D69D8477DE4"),
    /** LUKS2, and ext4 in it. */
    LUKS(6, 409, 64, "CA7D7CCB-63ED-4C53-861C-1742536059CC"),
    SWAP(7, 473, 16, "0657FD6D-A4AB-43C4-84E5-0933C84B4F4F");

    static final int DISK_MIB = 496;

    private final int number;
    private final int startMib;
    private final int sizeMib;
    private final String type;

    /** @param type the GPT's type of partition */
    DataPart(int number, int startMib, int sizeMib, String type) {
        this.number = number;
        this.startMib = startMib;
        this.sizeMib = sizeMib;
        this.type = type;
    }

    int sizeMib() {
        return sizeMib;
    }

    /** As partition tables and the kernel count. */
    int number() {
        return number;
    }

    int startMib() {
        return startMib;
    }

    /** What sfdisk(8) reads. */
    static String sfdiskScript() {
        StringBuilder script = new StringBuilder("label: gpt\n");
        for (DataPart part : values()) {
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
