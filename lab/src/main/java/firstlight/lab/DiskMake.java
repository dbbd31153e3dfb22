package firstlight.lab;

import java.util.List;

/** The makes of system disks: the same Debian on other tables and sectors. */
@SuppressWarnings("ImmutableEnumChecker") // the lists are List.of
enum DiskMake {
    /** What {@link SystemDisk} builds: boots under BIOS and UEFI. */
    GPT(512, "Start,Sectors,Type-UUID,UUID,Name", List.of(DiskLayout.BIOS_BOOT, DiskLayout.ESP, DiskLayout.DATA)),
    /** As Debian's installer leaves a BIOS PC: root first, swap in an extended partition; and NTFS behind it. Boots under BIOS. */
    MBR(512, "Start,Sectors,Id,Boot", List.of(DiskLayout.DATA)),
    /** GPT on sectors of 4096 octets; boots under UEFI. */
    GPT_4096(4096, "Start,Sectors,Type-UUID,UUID,Name", List.of(DiskLayout.ESP, DiskLayout.DATA)),
    /** The first for UEFI of 32 bits, as Debian installs itself there: firmware finds its loader by a boot entry alone. */
    IA32(512, "Start,Sectors,Type-UUID,UUID,Name", List.of(DiskLayout.BIOS_BOOT, DiskLayout.ESP, DiskLayout.DATA));

    private final int sectorSize;
    private final String columns;
    private final List<DiskLayout> toTheOctet;

    /** @param columns what fdisk can tell of this kind of table and a restore must keep */
    DiskMake(int sectorSize, String columns, List<DiskLayout> toTheOctet) {
        this.sectorSize = sectorSize;
        this.columns = columns;
        this.toTheOctet = toTheOctet;
    }

    int sectorSize() {
        return sectorSize;
    }

    /** What fdisk(8) is asked to tell of a partition. */
    String columns() {
        return columns;
    }

    /** Partitions that nobody writes to between the restore and the check. */
    List<DiskLayout> toTheOctet() {
        return toTheOctet;
    }

    /** What fdisk's command I reads. */
    String script() {
        return switch (this) {
            case GPT, IA32 -> throw new IllegalStateException("SystemDisk has its own");
            case MBR ->
                """
                    label: dos
                    label-id: 0xf1857119
                    start=%d, size=%d, type=83, bootable
                    start=%d, size=%d, type=5
                    start=%d, size=%d, type=82
                    start=%d, size=%d, type=7
                    """.formatted(
                                sector(DiskLayout.ROOT.startMib()),
                                sector(DiskLayout.ROOT.sizeMib()),
                                sector(DiskLayout.SWAP.startMib()),
                                sector(DiskLayout.DISK_MIB - DiskLayout.SWAP.startMib()),
                                sector(DiskLayout.SWAP.startMib() + 1),
                                sector(swapMib()),
                                sector(DiskLayout.DATA.startMib()),
                                sector(DiskLayout.DATA.sizeMib()));
            case GPT_4096 -> {
                StringBuilder script = new StringBuilder("label: gpt\n");
                for (DiskLayout part : List.of(DiskLayout.ESP, DiskLayout.ROOT, DiskLayout.SWAP, DiskLayout.DATA)) {
                    script.append("start=%d, size=%d, type=%s, name=%s\n"
                            .formatted(sector(part.startMib()), sector(part.sizeMib()), part.type(), part.name()));
                }
                yield script.toString();
            }
        };
    }

    /** The tables of logical partitions take a MiB in front of swap and of what is behind it. */
    int swapMib() {
        return this == MBR ? DiskLayout.SWAP.sizeMib() - 2 : DiskLayout.SWAP.sizeMib();
    }

    int swapStartMib() {
        return this == MBR ? DiskLayout.SWAP.startMib() + 1 : DiskLayout.SWAP.startMib();
    }

    private long sector(int mib) {
        return mib * (1L << 20) / sectorSize;
    }
}
