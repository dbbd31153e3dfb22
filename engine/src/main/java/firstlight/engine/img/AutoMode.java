package firstlight.engine.img;

import firstlight.image.ImageFailure;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "auto",
        mixinStandardHelpOptions = true,
        description = "Asks the server for this PC's work and does it, as a boot for work would.")
final class AutoMode implements Callable<Integer> {
    @ParentCommand
    private Img img;

    @Parameters(
            paramLabel = "SERVER",
            arity = "0..1",
            defaultValue = "server",
            description = "as http://ADDRESS:8080; the one that started this environment if not given")
    private String server = "server";

    @Override
    public Integer call() throws Exception {
        if (!(Place.of(server) instanceof Place.Server asked)) {
            throw new ImageFailure(
                    "There is no work at " + server,
                    "it is a server's",
                    "Name a server, as http://192.168.1.10:8080, or none for the one that started this environment");
        }
        return img.prompt().server(asked).work() ? 0 : Img.FAILED;
    }
}
