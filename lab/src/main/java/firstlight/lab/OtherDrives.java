package firstlight.lab;

import firstlight.lab.PcSpec.Disk;
import firstlight.lab.PcSpec.Drive;
import firstlight.lab.PcSpec.Trait;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a PC has besides its first disk. The files stay when it is switched off. */
final class OtherDrives {
    /** Holds an image of the system disk, packed. */
    private static final int STICK_MIB = 600;

    private static final String VIRTIO = "virtio-blk-pci,drive={drive},serial=";

    private OtherDrives() {}

    /** In the order of the kernel's names: with a first disk on VirtIO, the stick is vdb and the blank one vdc. */
    static List<Drive> of(Stage stage, PcSpec pc) {
        List<Drive> drives = new ArrayList<>();
        if (pc.has(Trait.MORE_DISKS)) {
            drives.add(new Drive(new Disk(stick(stage, pc), "raw"), List.of(VIRTIO + "STICK-" + pc.name())));
            drives.add(new Drive(new Disk(blank(stage, pc), "raw"), List.of(VIRTIO + "BLANK-" + pc.name())));
        }
        if (pc.has(Trait.SECOND_DISK)) {
            drives.add(new Drive(new Disk(second(stage, pc), "raw"), List.of(VIRTIO + "SECOND-" + pc.name())));
        }
        if (pc.has(Trait.FROM_CD)) {
            drives.add(
                    new Drive(new Disk(medium(stage), "raw"), List.of("ide-cd,bus=ide.1,drive={drive},bootindex=0")));
        }
        if (pc.has(Trait.FROM_USB)) {
            drives.add(new Drive(
                    new Disk(medium(stage), "raw"),
                    List.of("qemu-xhci,id=usb", "usb-storage,bus=usb.0,drive={drive},removable=on,bootindex=0")));
        }
        return drives;
    }

    /** What 'firstlight media' writes and the PC starts from; one for all PCs of the scenario. */
    static Path medium(Stage stage) {
        return stage.state().folder().resolve("medium");
    }

    /** Of {@link Trait#SECOND_DISK}: vdb, with a first disk on VirtIO. */
    static Path second(Stage stage, PcSpec pc) {
        return stage.state().folder().resolve(pc.name() + ".second");
    }

    static Path blank(Stage stage, PcSpec pc) {
        return file(stage, pc, "blank", DiskLayout.DISK_MIB);
    }

    private static Path stick(Stage stage, PcSpec pc) {
        Path file = file(stage, pc, "stick", STICK_MIB);
        Shell.run("sh", "-c", "printf 'label: dos\\nstart=2048, type=c\\n' | sfdisk --quiet '" + file + "'");
        Shell.run(
                "mkfs.fat",
                "-F",
                "32",
                "-n",
                "IMAGES",
                "--offset",
                "2048",
                file.toString(),
                // In KiB, behind the 2048 sectors of 512 octets that the table has.
                Integer.toString((STICK_MIB - 1) * 1024));
        return file;
    }

    private static Path file(Stage stage, PcSpec pc, String name, int mib) {
        Path file = stage.state().folder().resolve(pc.name() + "." + name);
        if (!Files.exists(file)) {
            Shell.run("truncate", "-s", mib + "M", file.toString());
        }
        return file;
    }
}
