package firstlight.engine.img;

import firstlight.wire.work.ManualWork;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "session",
        mixinStandardHelpOptions = true,
        description =
                "Has this PC take part in a session of the server: several PCs receive one image at once. What is on "
                        + "the disk is lost.")
final class SessionMode implements Callable<Integer> {
    @ParentCommand
    private Img img;

    @Mixin
    private SignIn signIn;

    @Parameters(paramLabel = "SESSION", description = "its name or number; firstlight session list tells")
    private String session;

    @Option(
            names = {"-y", "--yes"},
            description = "does not ask before the disk is overwritten")
    private boolean sure;

    @Override
    public Integer call() throws Exception {
        if (!sure) {
            img.prompt()
                    .confirm("the image of session " + session + " will be laid down on "
                            + Prompt.words(img.prompt().disks(List.of()).getFirst())
                            + "; all that is there will be lost");
        }
        return signIn.perform(
                img.prompt(),
                new Place.Server(Optional.empty()),
                ManualWork.of(ManualWork.Kind.JOIN, "", 0, List.of(), session));
    }
}
