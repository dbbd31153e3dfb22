package firstlight.engine.img;

import firstlight.image.manifest.Manifest;
import firstlight.image.store.ImageVersion;
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
            for (ImageVersion version : shelf.store().list()) {
                Manifest manifest = shelf.store().open(version);
                img.prompt()
                        .console()
                        .out()
                        .printf(
                                "%-40s %8d MiB  %s%n",
                                version.image() + "@" + version.number(), manifest.diskBytes() >> 20, manifest.made());
            }
        }
        return 0;
    }
}
