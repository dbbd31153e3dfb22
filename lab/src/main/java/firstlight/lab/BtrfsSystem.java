package firstlight.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The root partition of a Debian on Btrfs, as its installer leaves it: the root in the subvolume {@code @rootfs}, and home in one of its own. A
 * read-only snapshot stands beside them, as snapper and timeshift make them: it shares what it holds with the root. Needs a kernel that mounts
 * Btrfs; mounted where nobody else sees it.
 */
final class BtrfsSystem {
    /** The subvolume, as GRUB and the kernel are told. */
    static final String ROOT = "@rootfs";

    private static final String HOME = "@home";
    private static final String SNAPSHOT = "@snapshot";

    /** A file without checksums, as Linux wants swap files on Btrfs: the image is made without its content. */
    static final String SWAP_FILE = "swapfile";

    /** Random octets: zeros on the restored disk show that it was left out. */
    private static final int SWAP_FILE_MIB = 24;

    /** The superblock's length of all devices, which is one here; octets. */
    private static final Pattern TOTAL = Pattern.compile("(?m)^total_bytes\\s+(\\d+)$");

    private BtrfsSystem() {}

    /** What the tree knows of where it lies. */
    static void configure(Path tree, String uuid) throws IOException {
        Files.writeString(tree.resolve("etc/fstab"), """
                UUID=%1$s / btrfs defaults,compress=zstd:1,subvol=%2$s 0 0
                UUID=%1$s /home btrfs defaults,subvol=%3$s 0 0
                """.formatted(uuid, ROOT, HOME));
        Path script = tree.resolve("usr/local/sbin/report");
        // The kernel's own word, on the serial line before its login shows.
        Files.writeString(script, """
                #!/bin/sh
                root=$(findmnt -no OPTIONS / | grep -o 'subvol=[^,]*')
                home=$(findmnt -no OPTIONS /home | grep -o 'subvol=[^,]*')
                size=$(findmnt -bno SIZE /)
                echo "lab: $root of $((size >> 20)) MiB on /, $home on /home, device $(btrfs filesystem show / | grep -c devid)" > /dev/console
                """);
        Shell.run("chmod", "755", script.toString());
        Files.writeString(
                tree.resolve("etc/inittab"), "R0:23:wait:/usr/local/sbin/report\n", StandardOpenOption.APPEND);
    }

    /** What {@link #configure}'s script says. Larger than the 600 MiB that it had, or smaller. */
    static String reportOf(boolean larger) {
        return "lab: subvol=/" + ROOT + " of " + (larger ? "(8|9)" : "[23]") + "\\d\\d MiB on /, subvol=/" + HOME
                + " on /home, device 1";
    }

    /**
     * The file system in {@code partition}, filled from {@code tree}. The swap file is emptied before {@code chattr +C}, which
     * Btrfs takes of empty files only; a reflink, a hard link and the snapshot are there since a copy file by file would lose them.
     */
    static Path make(Path tree, Path partition, int mib, String uuid, Path work) {
        PartitionFile.made(partition, mib, "mkfs.btrfs", "-q", "-f", "-U", uuid);
        Shell.run(
                "unshare",
                "--mount",
                "sh",
                "-ec",
                """
                tree=$1; partition=$2; point=$3; swap=$4
                mkdir -p "$point"
                mount -t btrfs -o loop,compress=zstd:1 "$partition" "$point"
                for each in %1$s %2$s; do btrfs -q subvolume create "$point/$each"; done
                cp -a "$tree/." "$point/%1$s/"
                truncate -s 0 "$point/%1$s/%4$s"
                chmod 600 "$point/%1$s/%4$s"
                chattr +C "$point/%1$s/%4$s"
                head -c ${swap}M /dev/urandom >> "$point/%1$s/%4$s"
                mkdir -p "$point/%2$s/user/many"
                for i in $(seq 300); do echo "number $i" > "$point/%2$s/user/many/$i"; done
                head -c 3M /dev/urandom > "$point/%2$s/user/noise"
                ln "$point/%2$s/user/noise" "$point/%2$s/user/hard"
                cp --reflink=always "$point/%2$s/user/noise" "$point/%2$s/user/alike"
                btrfs -q subvolume snapshot -r "$point/%2$s" "$point/%3$s"
                umount "$point"
                """.formatted(ROOT, HOME, SNAPSHOT, SWAP_FILE),
                "sh",
                tree + "",
                partition + "",
                work.resolve("mount") + "",
                SWAP_FILE_MIB + "");
        return partition;
    }

    /**
     * Holds the root partition of a restored disk, whose system has run since, against that of {@code source}: sound with all its data by their
     * checksums, as long as its partition, each subvolume with the same files. Returns what was compared, for people.
     */
    static String compare(Path source, Path restored, Path work) {
        Path folder = Stage.freshFolder(work);
        Path before = root(source).copied(source, folder.resolve("before.part"));
        TableRow row = root(restored);
        Path now = row.copied(restored, folder.resolve("now.part"));
        Shell.run("sfdisk", "--verify", restored.toString());
        Shell.run("btrfs", "check", "--readonly", "--check-data-csum", now.toString());
        Matcher total = TOTAL.matcher(Shell.run("btrfs", "inspect-internal", "dump-super", now.toString()));
        if (!total.find() || Long.parseLong(total.group(1)) != row.sectors() * TableRow.SECTOR) {
            throw new LabFailure("the root file system is not as long as its partition, " + row);
        }
        Path was = taken(before, folder.resolve("before"));
        Path is = taken(now, folder.resolve("now"));
        Path swap = Path.of(ROOT, SWAP_FILE);
        long length = is.resolve(swap).toFile().length();
        if (length != (long) SWAP_FILE_MIB << 20) {
            throw new LabFailure("the swap file has " + length + " octets");
        }
        Shell.run("cmp", "-n", length + "", is.resolve(swap).toString(), "/dev/zero");
        Shell.run("rm", was.resolve(swap).toString(), is.resolve(swap).toString());
        String files = DiskCheck.sameFiles(was.resolve(ROOT), is.resolve(ROOT));
        for (String other : new String[] {HOME, SNAPSHOT}) {
            TreeComparison.Outcome outcome = new TreeComparison(was.resolve(other), is.resolve(other)).look();
            if (!outcome.differences().isEmpty()) {
                throw new LabFailure("files in " + other + " differ: " + outcome.differences());
            }
        }
        return "Btrfs of " + (row.sectors() >> 11) + " MiB by btrfs check with all data, " + files + "; " + HOME
                + " and " + SNAPSHOT + " the same; the swap file is there and reads as zeros";
    }

    private static TableRow root(Path disk) {
        return TableRow.of(disk, DiskLayout.values().length).stream()
                .filter(row -> row.identity().contains("name=\"" + DiskLayout.ROOT + "\""))
                .findFirst()
                .orElseThrow(() -> new LabFailure("there is no partition ROOT on " + disk));
    }

    /** Two with one UUID are not mounted at once: all subvolumes are copied out. The log of a system that was switched off is replayed. */
    private static Path taken(Path partition, Path to) {
        Shell.run("unshare", "--mount", "sh", "-ec", """
                mkdir -p "$2.mount"
                mount -t btrfs -o loop,subvolid=5 "$1" "$2.mount"
                cp -a "$2.mount" "$2"
                umount "$2.mount"
                find "$2" '(' -type c -o -type b ')' -delete # diff(1) takes no two devices for the same
                """, "sh", partition.toString(), to.toString());
        return to;
    }
}
