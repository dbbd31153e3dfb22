package firstlight.image.leftout;

import firstlight.image.disk.Tool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Files of XFS, by xfs_db, which knows no paths with blanks in them (6.1): files are asked for by inode. Belongs to one thread. */
final class XfsFiles implements LeftOut.Lister {
    private static final String TOOL = "xfs_db";
    /** Cookie, inode, kind, hash, the name's length, the name. */
    private static final Pattern ENTRY =
            Pattern.compile("\\d+\\s+(\\d+)\\s+\\S+\\s+0x[0-9a-f]+\\s+\\d+ (.*) \\(good\\)");

    private static final Pattern RUN =
            Pattern.compile("data offset \\d+ startblock \\d+ \\((\\d+)/(\\d+)\\) count (\\d+) ");
    private static final Pattern REGULAR = Pattern.compile("core\\.mode = 0100\\d{3}\\b");

    private static final Pattern LINKS = Pattern.compile("core\\.nlinkv2 = (\\d+)");

    private final Path volume;
    private final long blockSize;
    /** Blocks of an allocation group: xfs_db tells a place as group and block within it. */
    private final long groupBlocks;
    /** By path, of what was listed; the root's is in the superblock (offset 56). */
    private final Map<String, String> inodes = new HashMap<>();

    /** @param window of the volume: its superblock is its first sector, big-endian */
    XfsFiles(Path volume, byte[] window) {
        ByteBuffer in = ByteBuffer.wrap(window);
        this.volume = volume;
        this.blockSize = Integer.toUnsignedLong(in.getInt(4));
        this.groupBlocks = Integer.toUnsignedLong(in.getInt(84));
        inodes.put("", Long.toUnsignedString(in.getLong(56)));
    }

    @Override
    public List<String> names(String folder) throws IOException {
        List<String> names = new ArrayList<>();
        String inode = inodes.get(folder);
        String said = inode == null ? "" : ask("inode " + inode, "ls");
        for (String line : said.split("\n", -1)) {
            Matcher entry = ENTRY.matcher(line);
            if (entry.matches()) {
                names.add(entry.group(2));
                inodes.put(folder + "/" + entry.group(2), entry.group(1));
            }
        }
        return names;
    }

    /** Not of what shares its blocks with another file (reflink), nor of what lies on the realtime device. */
    @Override
    public LeftOut.Content content(String file) throws IOException {
        String inode = inodes.get(file);
        String said = inode == null
                ? ""
                : ask("inode " + inode, "print core.mode core.realtime core.nlinkv2", "print v3.reflink", "bmap");
        boolean own = said.contains("core.realtime = 0") && !said.contains("v3.reflink = 1");
        List<long[]> content = new ArrayList<>();
        if (own && REGULAR.matcher(said).find()) {
            Matcher run = RUN.matcher(said);
            while (run.find()) {
                long block = Long.parseLong(run.group(1)) * groupBlocks + Long.parseLong(run.group(2));
                content.add(new long[] {block * blockSize, (block + Long.parseLong(run.group(3))) * blockSize});
            }
        }
        Matcher links = LINKS.matcher(said);
        return new LeftOut.Content(content, links.find() ? Integer.parseInt(links.group(1)) : LeftOut.Content.UNKNOWN);
    }

    @Override
    public boolean ignoresCase() {
        return false;
    }

    private String ask(String... requests) throws IOException {
        List<String> command = new ArrayList<>(List.of(TOOL, "-r"));
        for (String request : requests) {
            command.add("-c");
            command.add(request);
        }
        command.add(volume.toString());
        return LeftOut.asked(Tool.run(command), TOOL).output();
    }
}
