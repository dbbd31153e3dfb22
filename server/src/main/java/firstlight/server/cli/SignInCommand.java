package firstlight.server.cli;

import firstlight.server.access.Pin;
import firstlight.server.configuration.DataDirectory;
import firstlight.server.operator.OperatorError;
import firstlight.server.operator.Terminal;
import java.io.Console;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code firstlight sign-in}: to a server on another host; later commands go there. */
@Command(
        name = "sign-in",
        description =
                "Signs in to a server on another host (its configuration has api.listen). Later commands ask that "
                        + "one, until 'firstlight sign-out'; on a server's own host those of its user (root) ask that "
                        + "host's, unless --server names the other. The server's certificate is its own: compare what is shown with "
                        + "what 'firstlight serve' prints.",
        footerHeading = "%nFor example:%n",
        footer = {
            "  firstlight sign-in --server https://firstlight.school:8444 --user ann",
            "  firstlight sign-in --server https://firstlight.school:8444 --provider"
        })
public final class SignInCommand implements Runnable {
    /** Seconds, as RFC 8628 (3.5) wants it. */
    private static final int SLOWER = 5;

    @Option(names = "--server", required = true, paramLabel = "URL", description = "https://HOST:PORT")
    private String server = "";

    @Option(names = "--user", paramLabel = "NAME", description = "Local user, or the directory's.")
    private Optional<String> user = Optional.empty();

    @Option(names = "--password-file", paramLabel = "FILE", description = "In place of asking for it.")
    private Optional<Path> passwordFile = Optional.empty();

    @Option(names = "--provider", description = "Through the OpenID provider: enter a code there, with any browser.")
    private boolean provider;

    @Option(
            names = "--pin",
            paramLabel = "SHA256",
            description = "Of the server's certificate; without it, it is shown and you are asked.")
    private Optional<String> pin = Optional.empty();

    @Spec
    private CommandSpec spec = CommandSpec.create(); // picocli sets the real one

    @Override
    public void run() {
        String url = Target.safe(server);
        Target stranger = new Target(url, "", url.startsWith("https://") ? pin.orElseGet(() -> believed(url)) : "");
        JsonNode opened = provider ? byProvider(new ApiClient(stranger)) : byPassword(new ApiClient(stranger));
        new Target(url, Shared.text(opened, "secret"), stranger.pin()).keep();
        say("signed in to " + url + " as " + Shared.text(opened, "name") + ", " + Shared.text(opened, "role")
                + ", until " + Shared.time(opened.path("expires")));
        String named = System.getenv("FIRSTLIGHT_DATA");
        stillAsked(Path.of(named == null ? DataDirectory.USUAL : named), url).ifPresent(this::say);
    }

    /** Who is root on a server's host would else command this host's PCs and mean the other's: names repeat. */
    static Optional<String> stillAsked(Path data, String url) {
        return Files.isReadable(data.resolve("api-token"))
                ? Optional.of("this host has a server of its own (" + data
                        + "), and your commands go on to ask that one; --server " + url + " asks the other")
                : Optional.empty();
    }

    private static String believed(String url) {
        String shown = Pin.shown(URI.create(url));
        Console console = Terminal.console()
                .orElseThrow(() -> new OperatorError(
                        "nobody is there to compare the certificate of " + url, "if it is right: --pin " + shown));
        String question = "The certificate of " + url + " has the SHA-256\n  " + shown + "\nIs that right?";
        if (!Terminal.agrees(console, question)) {
            throw new OperatorError("not signed in", "'firstlight serve' prints the right one: pin ...");
        }
        return shown;
    }

    private JsonNode byPassword(ApiClient api) {
        String name = user.orElseThrow(() -> new OperatorError("nobody is named", "say --user NAME, or --provider"));
        String password = UserCommand.password(passwordFile, "Password of " + name + ": ");
        return api.ask("POST", "sign-in", Shared.body().put("name", name).put("password", password));
    }

    private JsonNode byProvider(ApiClient api) {
        JsonNode code = api.ask("POST", "sign-in/device", Shared.body());
        say("Open " + Shared.text(code, "verification") + " and enter the code " + Shared.text(code, "userCode"));
        // RFC 8628 3.2: five seconds where the provider says nothing.
        int interval = Math.max(1, code.path("interval").intValue(5));
        int waited = 0;
        while (waited < code.path("seconds").intValue(300)) {
            waited += interval;
            try {
                TimeUnit.SECONDS.sleep(interval);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
            JsonNode answer =
                    api.ask("POST", "sign-in/device/token", Shared.body().put("code", Shared.text(code, "code")));
            if (answer.has("secret")) {
                return answer;
            }
            if (answer.path("slowDown").booleanValue(false)) {
                interval += SLOWER;
            }
        }
        throw new OperatorError("nobody entered the code in time", "begin again");
    }

    private void say(String text) {
        spec.commandLine().getOut().println(text);
        spec.commandLine().getOut().flush();
    }
}
