package firstlight.server;

import firstlight.server.configuration.DataDirectory;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What {@link BootFileProcess} runs: it says a line for each part that cannot be made, and what a person should know of the others. */
@Command(
        name = "boot-files",
        hidden = true,
        description =
                "Puts boot programs and the imaging environment into the data directory; the server runs it by itself.",
        footerHeading = "%nFor example:%n",
        footer = {"  firstlight boot-files --data /var/lib/firstlight"})
final class BootFilesCommand implements Callable<Integer> {
    @Option(names = "--data", paramLabel = "DIR", required = true, description = "The server's data directory.")
    private Path data = Path.of(DataDirectory.USUAL);

    @Option(names = "--updates", paramLabel = "DIR", description = "Extra drivers, firmware and scripts.")
    private @Nullable Path updates;

    @Override
    public Integer call() {
        DataDirectory directory = new DataDirectory(data);
        directory.create();
        BootFileSupply.Supplied supplied = BootFileSupply.of(directory.boot(), Optional.ofNullable(updates))
                .supply();
        supplied.failures().forEach(failure -> System.out.println(failure.getMessage() + "; " + failure.cure()));
        supplied.notes().forEach(note -> System.out.println(BootFileProcess.NOTE + note));
        return supplied.failures().isEmpty() ? 0 : 1;
    }
}
