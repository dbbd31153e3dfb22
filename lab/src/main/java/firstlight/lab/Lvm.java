package firstlight.lab;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * LVM's own tools on a few devices of the host and no others: without
 * the device mapper, without a word to the host's own archive of groups.
 *
 * @param work a folder that stands for /etc/lvm
 * @param nodes all that the tools may see
 */
record Lvm(Path work, List<String> nodes) {
    static final int EXTENT_MIB = 4;

    /** Behind the label and the metadata. */
    static final int FIRST_EXTENT_MIB = 1;

    Lvm {
        nodes = List.copyOf(nodes);
    }

    /** A volume, in extents, and the file whose content it is given. */
    record Filled(String name, int extents, Path content) {}

    /**
     * Makes a file in {@code work}, a physical volume of {@code mib} MiB: {@code free} extents, the volumes one behind the other,
     * and free extents up to its end. The volumes' content is written straight to their extents: nothing is mapped. The group is
     * {@link DataDisk#GROUP}.
     */
    static Path filled(Path work, int mib, int free, Filled... volumes) {
        Path partition = work.resolve("physical");
        Shell.run("truncate", "-s", mib + "M", partition.toString());
        try (LoopDevices loops = LoopDevices.of(partition)) {
            Lvm lvm = new Lvm(work, loops.nodes());
            String node = loops.nodes().getFirst();
            lvm.run("pvcreate", "-q", node);
            lvm.run("vgcreate", "-q", "-s", EXTENT_MIB + "M", DataDisk.GROUP, node);
            lvm.create(free, "gone");
            for (Filled volume : volumes) {
                lvm.create(volume.extents, volume.name);
            }
            lvm.run("lvremove", "-q", "-f", DataDisk.GROUP + "/gone");
        }
        int start = FIRST_EXTENT_MIB + free * EXTENT_MIB;
        for (Filled volume : volumes) {
            PartitionFile.place(volume.content, partition, start);
            start += volume.extents * EXTENT_MIB;
        }
        return partition;
    }

    String run(String command, String... words) {
        // Says on standard error what it leaves out.
        List<String> whole = new ArrayList<>(List.of(
                "env",
                "LVM_SYSTEM_DIR=" + work,
                "LVM_SUPPRESS_FD_WARNINGS=1",
                "sh",
                "-c",
                "exec \"$@\" 2>/dev/null",
                "sh"));
        whole.addAll(List.of(command, "--driverloaded", "n", "--devices", String.join(",", nodes)));
        whole.addAll(List.of(words));
        return Shell.run(whole);
    }

    /** Of the group, as it stands on one of its devices. pvck dumps no device of a list of {@code --devices} (LVM 2.03.16). */
    String text(String node) {
        String told =
                Shell.run("env", "LVM_SYSTEM_DIR=" + work, "pvck", "--driverloaded", "n", "--dump", "metadata", node);
        int begin = told.indexOf(DataDisk.GROUP + " {");
        if (begin < 0) {
            throw new LabFailure("there is no text of a group on " + node + ":\n" + told);
        }
        return told.substring(begin);
    }

    /** Neither activated (-an) nor wiped (-Zn, -Wn), both of which would need a device of the volume. */
    void create(int extents, String name, String... more) {
        List<String> words = new ArrayList<>(List.of("-q", "--noudevsync", "-an", "-Zn", "-Wn", "-l"));
        words.addAll(List.of(Integer.toString(extents), "-n", name, DataDisk.GROUP));
        words.addAll(List.of(more));
        run("lvcreate", words.toArray(String[]::new));
    }

    /** {@code linear /dev/loop1:0-7,striped ...}. */
    String layout() {
        return rows("lvs", "lv_name,seg_pe_ranges", List.of(DataDisk.GROUP));
    }

    /** {@code root 0 /dev/loop1:20-111,root 92 ...}: the volumes' segments, each with its first extent in the volume. */
    String segments() {
        return rows("lvs", "lv_name,seg_start_pe,seg_pe_ranges", List.of(DataDisk.GROUP));
    }

    /** What must not change: the UUIDs of the devices, their group and its volumes, and where these lie. */
    String identity() {
        String told = rows("pvs", "pv_name,pv_uuid,vg_uuid", nodes) + ";"
                + rows("lvs", "lv_name,lv_uuid,seg_type,seg_pe_ranges", List.of(DataDisk.GROUP));
        for (int i = 0; i < nodes.size(); i++) {
            told = told.replaceAll(nodes.get(i) + "\\b", "device " + i);
        }
        return told;
    }

    private String rows(String command, String columns, List<String> of) {
        List<String> words = new ArrayList<>(List.of("--noheadings", "-o", columns));
        words.addAll(of);
        return run(command, words.toArray(String[]::new))
                .lines()
                .map(line -> line.strip().replaceAll(" +", " "))
                .sorted()
                .collect(Collectors.joining(","));
    }
}
