package firstlight.server.cli;

import firstlight.server.operator.OperatorError;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/** {@code firstlight image pull}. */
@Command(
        name = "pull",
        description = "Fetches a version from another server (images.peers of the configuration): only the chunks that"
                + " are missing here travel. Cut off, it goes on where it was when it is asked for again.",
        footerHeading = "%nFor example:%n",
        footer = {
            "  firstlight image pull room12",
            "  firstlight image pull room12@golden --from main",
            "  firstlight image pull room12@3 --from main --as room12-main",
            "  firstlight image pull --all --from main"
        })
public final class ImagePullCommand implements Runnable {
    @Parameters(paramLabel = "IMAGE", arity = "0..1", description = ImageCommand.IMAGE)
    private Optional<String> image = Optional.empty();

    @Option(
            names = "--from",
            paramLabel = "SERVER",
            description = "As the configuration calls it; else whoever has it.")
    private Optional<String> from = Optional.empty();

    @Option(names = "--as", paramLabel = "NAME", description = "Its name here, when another one has its own.")
    private Optional<String> as = Optional.empty();

    @Option(names = "--all", description = "Every version that is not here.")
    private boolean all;

    @Mixin
    private Shared shared = new Shared();

    @Override
    public void run() {
        if (all == image.isPresent() || (all && as.isPresent())) {
            throw new OperatorError("it is not clear what to pull", "name an image, or --all without --as");
        }
        ObjectNode body = Shared.body().put("kind", "pull");
        image.ifPresent(name -> body.put("image", name));
        from.ifPresent(name -> body.put("from", name));
        as.ifPresent(name -> body.put("as", name));
        if (all) {
            body.put("all", true);
        }
        ImageJobWatch.run(shared, body);
    }
}
