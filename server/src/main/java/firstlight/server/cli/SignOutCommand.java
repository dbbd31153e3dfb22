package firstlight.server.cli;

import java.io.IOException;
import java.nio.file.Files;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code firstlight sign-out}. */
@Command(
        name = "sign-out",
        description = "Ends the session that 'firstlight sign-in' began.",
        footerHeading = "%nFor example:%n",
        footer = {"  firstlight sign-out"})
public final class SignOutCommand implements Runnable {
    @Mixin
    private Shared shared = new Shared();

    @Override
    public void run() {
        if (!Files.exists(Target.signedIn())) {
            shared.line("you are not signed in anywhere");
            return;
        }
        try {
            shared.signedIn().ask("DELETE", "session", Shared.body());
        } finally {
            try {
                Files.deleteIfExists(Target.signedIn());
            } catch (IOException e) {
                shared.line(Target.signedIn() + " cannot be removed: " + e.getMessage());
            }
        }
        shared.line("signed out");
    }
}
