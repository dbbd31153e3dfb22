package firstlight.engine.img;

import firstlight.image.ImageFailure;
import firstlight.wire.work.ManualWork;
import java.util.List;
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

    @Parameters(
            arity = "1..2",
            paramLabel = "[SERVER] SESSION",
            hideParamSyntax = true,
            description =
                    "whose (the one that started this environment if not given; http://ADDRESS:8080), and the session's name"
                            + " or number; firstlight session list tells")
    private List<String> words = List.of();

    @Option(
            names = {"-y", "--yes"},
            description = "does not ask before the disk is overwritten")
    private boolean sure;

    @Override
    public Integer call() throws Exception {
        String session = words.getLast();
        if (!(Place.of(words.size() == 1 ? "server" : words.getFirst()) instanceof Place.Server server)) {
            throw new ImageFailure(
                    "There are no sessions at " + words.getFirst(),
                    "they are a server's",
                    "Name a server, as http://192.168.1.10:8080, or none for the one that started this environment");
        }
        if (!sure) {
            img.prompt()
                    .confirm("the image of session " + session
                            + " will be laid down on the disks that the session names; "
                            + "where it names none, on "
                            + Prompt.words(img.prompt().disks(List.of()).getFirst())
                            + ", and on more internal disks if the image has several; all that is there will be lost");
        }
        return signIn.perform(img.prompt(), server, ManualWork.of(ManualWork.Kind.JOIN, "", 0, List.of(), session));
    }
}
