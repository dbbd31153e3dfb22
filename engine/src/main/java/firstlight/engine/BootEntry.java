package firstlight.engine;

import firstlight.image.Disk;
import firstlight.image.disk.Tool;
import firstlight.image.extents.FileSystem;
import firstlight.image.manifest.DiskImage;
import firstlight.image.manifest.Manifest;
import firstlight.image.table.Partition;
import firstlight.image.table.PartitionTable;
import firstlight.image.table.TableSectors;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Sees to it that a UEFI firmware finds the restored system. A disk whose ESP has {@code \EFI\BOOT\BOOTX64.EFI} is found by
 * most firmware of 64 bits ({@code BOOTIA32.EFI} by one of 32, which starts nothing else); without it there has to be a boot entry
 * in the PC's own memory, which no image can bring along. With it there is one as well where it is clear for what: some Dells start nothing that
 * has none, and shim's fallback (fbx64.efi) makes one that it puts before the network.
 */
public final class BootEntry {
    /** The bits of this PC's firmware: 64 or 32, whatever the processor has. */
    private static final String BITS = "sys/firmware/efi/fw_platform_size";

    /** Of the first sector; behind it are the disk's signature and the partitions. */
    private static final int BOOT_CODE = 440;

    /** Of the boot code's own messages. */
    private static final String WINDOWS = "Invalid partition table";
    /** Where the four entries of an MBR begin; the first octet says which is active. */
    private static final List<Integer> ENTRIES = List.of(446, 462, 478, 494);

    private static final byte ACTIVE = (byte) 0x80;

    private static final Set<FileSystem> LINUX = Set.of(
            FileSystem.EXT2,
            FileSystem.EXT3,
            FileSystem.EXT4,
            FileSystem.XFS,
            FileSystem.BTRFS,
            FileSystem.F2FS,
            FileSystem.LUKS,
            FileSystem.LVM,
            FileSystem.ZFS,
            FileSystem.RAID);

    private static final Set<FileSystem> OF_WINDOWS = Set.of(FileSystem.NTFS, FileSystem.BITLOCKER);

    /** A partition's UUID on an MBR disk: the disk's signature and the partition's number, both hexadecimal. */
    private static final Pattern OF_MBR = Pattern.compile("0*([0-9a-f]+)-([0-9a-f]+)");

    private static final Pattern ORDER = Pattern.compile("(?m)^BootOrder: ([0-9A-Fa-f]{4}(?:,[0-9A-Fa-f]{4})*)$");
    private static final Pattern ENTRY = Pattern.compile("(?m)^Boot([0-9A-Fa-f]{4})(\\*?) (.*)$");

    /** Runs a program. */
    @FunctionalInterface
    interface Tools {
        Tool run(List<String> command) throws IOException;
    }

    private final Path root;
    private final Tools tools;

    /** @param root in place of {@code /}, for tests */
    public BootEntry(Path root) {
        this(root, Tool::run);
    }

    BootEntry(Path root, Tools tools) {
        this.root = root;
        this.tools = tools;
    }

    /**
     * Sees to it for each ESP that was restored.
     *
     * @param disks in the order of the image's
     * @param only the numbers of the partitions that were restored; empty for all
     * @return what was done, and why this PC cannot start the image, in words; "" when there is nothing to say
     */
    public String after(Manifest manifest, List<Disk> disks, Set<Integer> only) throws IOException {
        boolean uefi = Files.isRegularFile(root.resolve(BITS)); // else started by a BIOS
        boolean hasEsp = false;
        StringBuilder said = new StringBuilder();
        for (int i = 0; i < manifest.disks().size(); i++) {
            DiskImage image = manifest.disks().get(i);
            if (uefi && only.isEmpty() && hasEspWithin(image, disks.get(i))) {
                said.append(", but no UEFI boot entry was looked for: ")
                        .append(disks.get(i).name())
                        .append(
                                " was captured whole, and its table may be an older one's (if it does not start, make one with efibootmgr)");
            }
            for (Partition partition : PartitionTable.partitions(image.table(), image.sectorSize())) {
                if (!partition.isEsp()) {
                    continue;
                }
                hasEsp = true;
                Optional<Path> disk = disks.get(i).node(0);
                Optional<Path> esp = disks.get(i).node(partition.number());
                boolean restored = only.isEmpty() || only.contains(partition.number());
                if (uefi && restored && disk.isPresent() && esp.isPresent()) {
                    Esp.Systems systems = new Esp.Systems(
                            has(LINUX, List.of(image)),
                            has(LINUX, manifest.disks()),
                            has(OF_WINDOWS, manifest.disks()));
                    said.append(ensure(disk.get(), partition.number(), esp.get(), systems));
                }
            }
        }
        return said + (only.isEmpty() ? forTheOther(manifest, uefi, hasEsp) : "");
    }

    /** In a table that the capture did not believe. */
    private static boolean hasEspWithin(DiskImage image, Disk disk) throws IOException {
        return image.isBare() && PartitionTable.read(disk).partitions().stream().anyMatch(Partition::isEsp);
    }

    /** An image for the other kind of firmware is whole and never starts. One with neither ESP nor boot code may be data. */
    private static String forTheOther(Manifest manifest, boolean uefi, boolean hasEsp) {
        boolean bootCode = manifest.disks().stream().anyMatch(disk -> hasBootCode(disk.table()));
        boolean fat = manifest.disks().stream()
                .flatMap(disk -> disk.regions().stream())
                .anyMatch(region -> region.kind() == FileSystem.FAT); // UEFI takes it, ESP or not
        if (uefi && bootCode && !hasEsp && !fat) {
            return ", but this PC started by UEFI, and the image has no EFI system partition: it starts by BIOS (CSM, legacy)";
        }
        return !uefi && hasEsp && !bootCode
                ? ", but this PC started by BIOS (CSM, legacy), and the image has no boot code for that: it starts by UEFI"
                : "";
    }

    private static boolean has(Set<FileSystem> kinds, List<DiskImage> disks) {
        return disks.stream()
                .flatMap(disk -> disk.regions().stream())
                .anyMatch(region -> kinds.contains(region.kind()));
    }

    /** Windows gives its code to each disk that it makes an MBR on; it starts the partition that is active. */
    private static boolean hasBootCode(TableSectors table) {
        return table.runs().stream()
                .filter(run -> run.offset() == 0 && run.octets().length() >= BOOT_CODE)
                .map(run -> run.octets().toArray())
                .anyMatch(sector -> IntStream.range(0, BOOT_CODE).anyMatch(i -> sector[i] != 0)
                        && (!new String(sector, 0, BOOT_CODE, StandardCharsets.ISO_8859_1).contains(WINDOWS)
                                || ENTRIES.stream().anyMatch(at -> at < sector.length && sector[at] == ACTIVE)));
    }

    /**
     * Makes an entry for the ESP when it is needed, behind all others: that the network comes first is the site's choice.
     *
     * @return what was done, in words; "" when nothing had to be
     */
    private String ensure(Path disk, int partition, Path esp, Esp.Systems systems) throws IOException {
        Esp.Kind kind = Files.readString(root.resolve(BITS)).strip().equals("32") ? Esp.Kind.IA32 : Esp.Kind.X64;
        return switch (wayOn(esp, kind, systems)) {
            case Esp.Way.NothingToDo _ -> "";
            case Esp.Way.Loader loader -> entry(disk, partition, esp, loader);
            case Esp.Way.OfOtherKind _ -> ofOtherKind(kind);
            case Esp.Way.Unreadable(String why) -> unreadable(why);
        };
    }

    /** A system for x64 UEFI on a tablet with UEFI of 32 bits, or the reverse, is whole and never starts. */
    static String ofOtherKind(Esp.Kind kind) {
        return ", but this PC's UEFI of " + (kind == Esp.Kind.IA32 ? 32 : 64)
                + " bits cannot start it: the ESP has only \\"
                + kind.other().fallback().replace('/', '\\');
    }

    /** The restore is right all the same: what the ESP has is what the image has. */
    static String unreadable(String why) {
        return ", whether its ESP needs a UEFI boot entry cannot be told (" + why + ")";
    }

    /** Where firmware starts it all the same, a PC whose variables cannot be written is in order. */
    private static String none(Esp.Way.Loader loader, Tool failed) {
        return (loader.needed()
                        ? ", no UEFI boot entry could be made: "
                        : ", starts by its fallback; no UEFI boot entry of its own could be made: ")
                + failed.lastLine();
    }

    private String entry(Path disk, int partition, Path esp, Esp.Way.Loader way) throws IOException {
        String loader = way.file();
        Tool listing = tools.run(List.of("efibootmgr", "--verbose"));
        if (!listing.succeeded()) {
            return none(way, listing);
        }
        Tool uuid = tools.run(List.of("blkid", "-p", "-o", "value", "-s", "PART_ENTRY_UUID", esp.toString()));
        Optional<Entry> known = known(listing.output(), uuid.output(), loader);
        if (known.isPresent()) {
            return takenIn(known.get(), listing.output());
        }
        String label = label(loader);
        Tool made = tools.run(List.of(
                "efibootmgr",
                "--create-only",
                "--disk",
                disk.toString(),
                "--part",
                String.valueOf(partition),
                "--loader",
                "\\" + loader.replace('/', '\\'),
                "--label",
                label));
        if (!made.succeeded()) {
            return none(way, made);
        }
        Optional<String> order = orderWith(listing.output(), made.output());
        if (order.isPresent()) {
            Tool put = tools.run(List.of("efibootmgr", "--bootorder", order.get()));
            if (!put.succeeded()) { // no room for one more variable, or a firmware that locks this one
                return ", UEFI boot entry '" + label + "' made, and could not be put into the boot order: "
                        + put.lastLine();
            }
        }
        return ", UEFI boot entry '" + label + "' made";
    }

    /** Into the firmware's order: a reset, or an update of the firmware, may have left an entry behind that it does not try. */
    private String takenIn(Entry entry, String listing) throws IOException {
        List<String> order = order(listing);
        boolean done = entry.active
                || tools.run(List.of("efibootmgr", "--bootnum", entry.number, "--active"))
                        .succeeded();
        boolean listed = order.contains(entry.number);
        if (!listed) {
            order.add(entry.number);
            done &= tools.run(List.of("efibootmgr", "--bootorder", String.join(",", order)))
                    .succeeded();
        }
        if (entry.active && listed) {
            return "";
        }
        return done
                ? ", UEFI boot entry " + entry.number + " was there, and is tried again"
                : ", UEFI boot entry " + entry.number + " is there, and could not be put into the boot order";
    }

    private Esp.Way wayOn(Path esp, Esp.Kind kind, Esp.Systems systems) throws IOException {
        Path folder = Files.createTempDirectory("esp");
        try {
            Tool mount = tools.run(List.of("mount", "-t", "vfat", "-o", "ro", esp.toString(), folder.toString()));
            if (!mount.succeeded()) {
                return new Esp.Way.Unreadable(mount.lastLine());
            }
            try {
                return Esp.look(() -> Esp.contents(folder, kind), systems, kind);
            } finally {
                tools.run(List.of("umount", folder.toString()));
            }
        } finally {
            Files.deleteIfExists(folder);
        }
    }

    /**
     * One of what {@code efibootmgr --verbose} lists.
     *
     * @param active the firmware skips others
     */
    record Entry(String number, boolean active, String text) {}

    /** The entry for that loader on that partition; of several one that is tried. */
    static Optional<Entry> known(String listing, String partitionUuid, String loader) {
        String file = loader.replace('/', '\\').toLowerCase(Locale.ROOT);
        String place = place(partitionUuid.strip().toLowerCase(Locale.ROOT));
        List<String> order = order(listing);
        return entries(listing).stream()
                .filter(entry -> {
                    String text = entry.text.toLowerCase(Locale.ROOT);
                    return !place.isEmpty() && text.contains(place) && text.contains(file);
                })
                .min(Comparator.comparing(entry -> !(entry.active && order.contains(entry.number))));
    }

    /** As a device path names it: of an MBR's the disk's signature is all that there is (12345678-01). */
    private static String place(String partitionUuid) {
        Matcher mbr = OF_MBR.matcher(partitionUuid);
        return mbr.matches()
                ? "hd(" + Integer.parseInt(mbr.group(2), 16) + ",mbr,0x" + mbr.group(1) + ","
                : partitionUuid;
    }

    /** The boot order with the entry that {@code after} lists and {@code before} did not, at its end; empty without one. */
    static Optional<String> orderWith(String before, String after) {
        List<String> old = numbers(before);
        List<String> fresh =
                numbers(after).stream().filter(entry -> !old.contains(entry)).toList();
        List<String> order = order(before);
        order.addAll(fresh);
        return fresh.isEmpty() ? Optional.empty() : Optional.of(String.join(",", order));
    }

    /** In which the firmware tries its entries: where it says none, all of them. Ours alone would shut the network out. */
    private static List<String> order(String listing) {
        Matcher listed = ORDER.matcher(listing);
        return new ArrayList<>(listed.find() ? List.of(listed.group(1).split(",", -1)) : numbers(listing));
    }

    private static List<String> numbers(String listing) {
        return entries(listing).stream().map(Entry::number).toList();
    }

    private static List<Entry> entries(String listing) {
        List<Entry> entries = new ArrayList<>();
        Matcher matcher = ENTRY.matcher(listing);
        while (matcher.find()) {
            entries.add(new Entry(matcher.group(1), !matcher.group(2).isEmpty(), matcher.group(3)));
        }
        return entries;
    }

    private static String label(String loader) {
        String folder = loader.split("/", -1)[1];
        return folder.equalsIgnoreCase("Microsoft") ? "Windows Boot Manager" : folder;
    }
}
