package firstlight.engine.img;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "auto",
        mixinStandardHelpOptions = true,
        description = "Asks the server for this PC's work and does it, as a boot for work would.")
final class AutoMode implements Callable<Integer> {
    @ParentCommand
    private Img img;

    @Override
    public Integer call() throws Exception {
        return img.prompt().server().work() ? 0 : Img.FAILED;
    }
}
