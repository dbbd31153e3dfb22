package firstlight.engine.img;

import firstlight.image.manifest.Manifest;
import firstlight.image.store.ImageVersion;
import java.io.IOException;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

@Command(name = "list", mixinStandardHelpOptions = true, description = "Lists the images of a local place.")
final class ListMode implements Callable<Integer> {
    @ParentCommand
    private Img img;

    @Parameters(paramLabel = "PLACE", description = "a partition such as /dev/sdb1, or a folder")
    private String place;

    @Override
    public Integer call() throws Exception {
        try (Shelf shelf = Shelf.open(Place.of(place), false)) {
            PrintStream out = img.prompt().console().out();
            boolean all = true;
            for (ImageVersion version : shelf.store().list()) {
                String name = version.image() + "@" + version.number();
                try {
                    Manifest manifest = shelf.store().open(version);
                    out.printf("%-40s %8d MiB  %s%n", name, manifest.diskBytes() >> 20, manifest.made());
                } catch (IOException damaged) { // the others may be sound
                    out.printf("%-40s FAILED: %s%n", name, damaged.getMessage());
                    all = false;
                }
            }
            return all ? 0 : Img.FAILED;
        }
    }
}
