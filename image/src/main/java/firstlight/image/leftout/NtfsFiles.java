package firstlight.image.leftout;

import firstlight.image.disk.Tool;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Files of NTFS, by ntfsls and ntfsinfo. */
record NtfsFiles(Path volume, int clusterSize) implements LeftOut.Lister {
    /** Of the unnamed stream, neither compressed nor encrypted nor sparse: there zeros would not read as zeros. */
    private static final Pattern PLAIN =
            Pattern.compile("(?s)Resident:\\s+No.*Name length:\\s+0 .*Attribute flags:\\s+0x0000\\s.*Runlist:(.*)");

    private static final Pattern RUN = Pattern.compile("\\t0x[0-9a-f]+\\t+0x([0-9a-f]+)\\t+0x([0-9a-f]+)");
    /** A short name of DOS beside a long one is another name of the same link. */
    private static final Pattern NAME = Pattern.compile("(?m)^\\s*Namespace:\\s+(?!DOS\\s*$)\\S");

    @Override
    public List<String> names(String folder) throws IOException {
        Tool list = LeftOut.asked(
                Tool.run(List.of("ntfsls", "--force", "--path", folder + "/", volume.toString())), "ntfsls");
        return list.succeeded() ? list.output().lines().toList() : List.of();
    }

    @Override
    public LeftOut.Content content(String file) throws IOException {
        String said = LeftOut.asked(
                        Tool.run(List.of("ntfsinfo", "--force", "--verbose", "--file", file, volume.toString())),
                        "ntfsinfo")
                .output();
        List<long[]> content = new ArrayList<>();
        for (String attribute : said.split("Dumping attribute ", -1)) {
            Matcher plain = PLAIN.matcher(attribute);
            if (attribute.startsWith("$DATA (0x80)") && plain.find()) {
                Matcher run = RUN.matcher(plain.group(1));
                while (run.find()) {
                    long start = Long.parseLong(run.group(1), 16) * clusterSize;
                    content.add(new long[] {start, start + Long.parseLong(run.group(2), 16) * clusterSize});
                }
            }
        }
        return new LeftOut.Content(content, (int) NAME.matcher(said).results().count());
    }

    @Override
    public boolean ignoresCase() {
        return true;
    }
}
