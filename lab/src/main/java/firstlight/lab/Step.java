package firstlight.lab;

import java.util.Optional;

/** One step of a scenario: something is done, or something must be seen from the outside. */
sealed interface Step {
    /** Switches a PC on. Sights of the steps behind this one are looked for from here on. */
    record PowerOn(PcSpec pc, Optional<DiskKind> disk) implements Step {}

    /** As if the plug was pulled, but its screen is kept as a picture; its disk stays. One that is off already stays off. */
    record PowerOff(PcSpec pc) implements Step {}

    /** {@code sight} must be seen of the PC that was switched on last, or has been seen already, within {@code seconds}. */
    record Expect(Phase phase, String what, Sight sight, int seconds) implements Step {}

    /** {@code sight} must not have been seen since the PC was switched on, or booted again. Looks back only: it does not wait. */
    record Never(Phase phase, String what, Sight sight) implements Step {}

    /** The PC boots again by itself within {@code seconds}: what was seen before counts no more. */
    record BootsAgain(int seconds) implements Step {}

    /** Something done to the LAN or looked up on a disk; what it throws fails the scenario in {@code phase}. */
    record Act(Phase phase, String what, Action action) implements Step {}

    /** What a PC has in it at power-on. */
    enum DiskKind {
        /** The lab's real Debian, as an overlay: written by the PC, never by the lab. */
        SYSTEM,
        /** The same on a disk with an MBR. */
        SYSTEM_MBR,
        /** The same on a disk with sectors of 4096 octets. */
        SYSTEM_4096,
        /** The same as UEFI of 32 bits starts it, by a boot entry alone. */
        SYSTEM_IA32,
        /** The {@link LvmSystem}, as an overlay. */
        SYSTEM_LVM,
        /** The same in LUKS. */
        SYSTEM_LUKS,
        /** A system on the {@link BtrfsSystem}, as an overlay. */
        SYSTEM_BTRFS,
        /** One XFS partition with files on it, and rubbish in its free space. */
        XFS,
        /** The {@link LvmDisk}. */
        LVM,
        /** The {@link F2fsDisk}. */
        F2FS,
        /** The {@link LuksDisk}. */
        LUKS,
        /** As large as the system disk, and empty. */
        BLANK,
        /** Of 2 GiB, and empty: QEMU's memory cards have a power of two. */
        BLANK_CARD,
        /** Larger than the system disk, and empty. */
        BLANK_LARGER,
        /** What the scenario made as the PC's disk file. */
        MADE,
        /** The disk that it had when it was switched on last, with what was written to it since. */
        AS_IT_WAS_LEFT,
        /** Smaller, and empty: the system fits when its partitions shrink. */
        BLANK_SMALLER,
        /** The {@link DataDisk}. */
        DATA,
        /** As large as the data disk, and empty. */
        BLANK_DATA,
        /** Smaller, and empty: the data disk's NTFS must shrink. */
        BLANK_DATA_SMALLER,
        /** Too small for the system's files, and full of {@link Stage#SOMEBODYS_DATA}. */
        TOO_SMALL;

        DiskMake make() {
            return switch (this) {
                case SYSTEM, SYSTEM_LVM, SYSTEM_LUKS, SYSTEM_BTRFS, XFS, LVM, F2FS, LUKS -> DiskMake.GPT;
                case BLANK, BLANK_CARD, BLANK_LARGER, MADE, AS_IT_WAS_LEFT, BLANK_SMALLER, TOO_SMALL -> DiskMake.GPT;
                case DATA, BLANK_DATA, BLANK_DATA_SMALLER -> DiskMake.GPT;
                case SYSTEM_MBR -> DiskMake.MBR;
                case SYSTEM_4096 -> DiskMake.GPT_4096;
                case SYSTEM_IA32 -> DiskMake.IA32;
            };
        }
    }

    /** What an {@link Act} does. The text it returns is shown behind its name; empty shows nothing. Runs on the scenario's thread. */
    @FunctionalInterface
    interface Action {
        String run(Stage stage);
    }
}
