package firstlight.engine.img;

import firstlight.engine.BlockDevices.Device;
import firstlight.image.ImageFailure;
import firstlight.image.disk.Tool;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "partition",
        mixinStandardHelpOptions = true,
        description = "Shows, makes, deletes or activates partitions of a disk.",
        footer = {
            "",
            "Examples:",
            "  img partition sda                       shows them",
            "  img partition sda --create linux:20G    20 GiB for Linux; without a size, all that is free",
            "  img partition sda --delete 3",
            "  img partition sda --activate 1          the one that a BIOS starts"
        })
final class PartitionMode implements Callable<Integer> {
    @ParentCommand
    private Img img;

    @Parameters(paramLabel = "DISK", description = "name or serial number")
    private String disk;

    @ArgGroup
    private Change change = new Change();

    private static final class Change {
        @Option(
                names = "--create",
                paramLabel = "TYPE[:SIZE]",
                description = "linux, swap, uefi, or any type that sfdisk knows; SIZE as 500M or 20G")
        private String create = "";

        @Option(names = "--delete", paramLabel = "NUMBER")
        private int delete;

        @Option(names = "--activate", paramLabel = "NUMBER")
        private int activate;
    }

    @Option(
            names = {"-y", "--yes"},
            description = "does not ask before a partition is deleted")
    private boolean sure;

    @Override
    public Integer call() throws Exception {
        Device device = img.prompt().disks(List.of(disk)).getFirst();
        String node = device.node().toString();
        if (!change.create.isEmpty()) {
            String[] parts = change.create.split(":", 2);
            String line = (parts.length == 2 ? "size=" + parts[1] + ", " : "") + "type=" + parts[0];
            // As arguments, not within the text: a shell reads nothing into what a person typed.
            run(List.of("sh", "-c", "echo \"$1\" | sfdisk --append \"$2\"", "sh", line, node));
        } else if (change.delete != 0) {
            if (!sure) {
                img.prompt()
                        .confirm("partition " + change.delete + " of " + Prompt.words(device)
                                + " will be deleted, with all that is in it");
            }
            run(List.of("sfdisk", "--delete", node, Integer.toString(change.delete)));
        } else if (change.activate != 0) {
            run(List.of("sfdisk", "--activate", node, Integer.toString(change.activate)));
        }
        run(List.of("sfdisk", "--list", node));
        return 0;
    }

    private void run(List<String> command) throws IOException {
        Tool tool = Tool.run(new ArrayList<>(command));
        if (!tool.succeeded()) {
            throw new ImageFailure(
                    "The partitions of " + disk + " were not changed",
                    tool.lastLine(),
                    "img partition " + disk + " shows what is there");
        }
        img.prompt().console().out().println(tool.output());
    }
}
