package firstlight.engine.img;

import firstlight.engine.BlockDevices.Device;
import firstlight.image.Disk;
import firstlight.image.ImageFailure;
import firstlight.image.safe.SafeArea;
import firstlight.image.safe.SafeData;
import firstlight.image.safe.SafeNetwork;
import java.io.PrintStream;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "safe",
        mixinStandardHelpOptions = true,
        description = "Shows, changes or clears what of this PC survives its re-imaging (image-safe data).",
        footer = {
            "",
            "Examples:",
            "  img safe                                shows them",
            "  img safe --set computer-name=PC-03      keys: computer-name, network, last-image, just-imaged...",
            "  img safe --set just-imaged=             without a value: takes the key away",
            "  img safe --clear --disk sdb             takes all of them away"
        })
final class SafeMode implements Callable<Integer> {
    @ParentCommand
    private Img img;

    @Option(
            names = "--disk",
            paramLabel = "DISK",
            description = "name or serial number; the first internal disk if not given")
    private Optional<String> disk = Optional.empty();

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "may be given several times")
    private Map<String, String> set = new LinkedHashMap<>();

    @Option(names = "--clear", description = "takes all of them away")
    private boolean clear;

    @Option(
            names = {"-y", "--yes"},
            description = "does not ask before they are cleared")
    private boolean sure;

    @Override
    public Integer call() throws Exception {
        Prompt prompt = img.prompt();
        Device device = prompt.disks(disk.stream().toList()).getFirst();
        PrintStream out = prompt.console().out();
        boolean writing = clear || !set.isEmpty();
        if (clear && !sure) {
            prompt.confirm("the image-safe data of " + Prompt.words(device) + " will be lost");
        }
        try (Disk opened = prompt.opener().open(device.node(), writing)) {
            if (clear) {
                prompt.console().line(SafeArea.clear(opened) + " copies cleared on " + Prompt.words(device));
            }
            if (!set.isEmpty()) {
                set(opened, device);
            }
            Optional<SafeData> found = SafeArea.find(opened);
            if (found.isEmpty()) {
                prompt.console().line("no image-safe data on " + Prompt.words(device));
                return 0;
            }
            if (found.get().isCopyOn(device.serial())) {
                prompt.console().line("copied from another disk: the server does not take them for this PC's");
            }
            found.get().values().forEach((key, value) -> out.printf("%-14s %s%n", key, value));
        }
        return 0;
    }

    private void set(Disk opened, Device device) throws Exception {
        SafeData old = SafeArea.find(opened)
                .orElseGet(() -> SafeData.of(
                        device.serial().isEmpty() ? Map.of() : Map.of(SafeData.DISK_SERIAL, device.serial())));
        SafeData data;
        try {
            Optional.ofNullable(set.get(SafeData.NETWORK))
                    .filter(text -> !text.isEmpty())
                    .ifPresent(SafeNetwork::parse);
            data = old.with(set).with(Map.of(SafeData.WRITTEN, Instant.now().toString()));
        } catch (IllegalArgumentException unfit) {
            throw new ImageFailure("Nothing was written", String.valueOf(unfit.getMessage()), "Write it as KEY=VALUE");
        }
        Optional<String> noRoom = SafeArea.write(opened, data);
        if (noRoom.isPresent()) {
            throw new ImageFailure(
                    "There is no room for image-safe data on " + device.node(),
                    noRoom.get(),
                    "A disk whose first partition starts at 1 MiB, as all partitioning tools make it, has room");
        }
    }
}
