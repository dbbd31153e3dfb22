package firstlight.engine.img;

import firstlight.engine.BlockDevices;
import firstlight.engine.BlockDevices.Device;
import firstlight.engine.ByHand;
import firstlight.engine.Console;
import firstlight.engine.DiskOpener;
import firstlight.engine.ScreenProgress;
import firstlight.engine.StartingServer;
import firstlight.image.ImageFailure;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The PC and the person that {@code img} works for.
 *
 * @param root in place of {@code /}, for tests
 * @param keyboard where {@code yes} is typed; its end is no
 * @param commandLine the kernel's, which may name a server
 */
record Prompt(Path root, Console console, BufferedReader keyboard, DiskOpener opener, String commandLine) {
    BlockDevices devices() {
        return new BlockDevices(root);
    }

    ScreenProgress progress() {
        return new ScreenProgress(console, System::nanoTime);
    }

    /** Work without a server. When a disk hangs for good the process cannot end; the person is told, and gets the shell back. */
    ByHand byHand() {
        return new ByHand(root, opener, console, why -> {
            console.failed(why);
            Runtime.getRuntime().halt(Img.FAILED);
        });
    }

    /** That server; where none is named, the one that started this environment, or that its medium was made for. */
    StartingServer server(Place.Server place) throws IOException {
        Optional<StartingServer> starting =
                place.url().isPresent() ? Optional.empty() : StartingServer.of(commandLine, root, console, opener);
        if (starting.isPresent()) {
            return starting.get();
        }
        String url = place.url()
                .or(() -> StartingServer.ofMedium(commandLine))
                .orElseThrow(() -> new ImageFailure(
                        "There is no server to ask",
                        "the boot medium that started this environment names none",
                        "Name one in the place of 'server', as http://192.168.1.10:8080, or a USB disk or a folder"));
        return StartingServer.at(
                url,
                commandLine,
                root,
                console,
                opener,
                sha256 -> confirm("The certificate of " + url + " has the SHA-256 " + sha256
                        + ", which 'firstlight serve' prints there as its pin"));
    }

    /** A medium that is still there would start this PC again. */
    boolean fromMedium() {
        return StartingServer.of(commandLine, root, console, opener).isEmpty();
    }

    /** The disks of these names, each once; the first internal one where none is named. */
    List<Device> disks(List<String> names) throws ImageFailure {
        BlockDevices devices = devices();
        List<Device> chosen = new ArrayList<>();
        for (String name : names) {
            Device disk = devices.find(name).orElseThrow(() -> noDisk("This PC has no disk '" + name + "'"));
            if (!chosen.contains(disk)) {
                chosen.add(disk);
            }
        }
        if (names.isEmpty()) {
            chosen.add(devices.firstInternal().orElseThrow(() -> noDisk("This PC has no internal disk")));
        }
        return chosen;
    }

    /**
     * How a server is told of disks that a person has seen and agreed to: all of them and no other, though the image has more, and though
     * the kernel names them otherwise after a restart. Serial numbers, where they tell the disk from {@code all} others.
     */
    static List<String> lasting(List<Device> chosen, List<Device> all) {
        return chosen.stream()
                .map(disk -> {
                    String serial = disk.serial();
                    long alike = all.stream()
                            .filter(each ->
                                    each.serial().equals(serial) || each.name().equals(serial))
                            .count();
                    return serial.isEmpty() || alike != 1 ? disk.name() : serial;
                })
                .toList();
    }

    private ImageFailure noDisk(String what) {
        BlockDevices devices = devices();
        return new ImageFailure(
                what,
                "it has " + devices.inventory(),
                devices.all().isEmpty()
                        ? "Look at its cable, and at the firmware's storage setting (AHCI, not RAID)"
                        : "Name one of these");
    }

    static String words(Device disk) {
        return disk.words();
    }

    /** What the person types; empty at the end of input. */
    Optional<String> ask(String question) throws IOException {
        console.out().print(question + " ");
        console.out().flush();
        return Optional.ofNullable(keyboard.readLine()).map(String::strip);
    }

    /** @throws ImageFailure unless the person types {@code yes} */
    void confirm(String consequence) throws IOException {
        console.line(consequence);
        if (!ask("Type 'yes' to go on:").orElse("").equals("yes")) {
            throw new ImageFailure("Nothing was done", "'yes' was not typed", "Run it again, with --yes to skip this");
        }
    }
}
