package firstlight.lab.storm;

import java.net.URI;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a boot script gives an engine on its kernel's command line. */
record CommandLine(URI server, String token, String pin) {
    private static final Pattern KERNEL =
            Pattern.compile("firstlight\\.server=(\\S+) firstlight\\.token=(\\S+) firstlight\\.pin=(\\S+)");

    /** Empty for a script that starts the local disk. */
    static Optional<CommandLine> in(String script) {
        Matcher matcher = KERNEL.matcher(script);
        return matcher.find()
                ? Optional.of(new CommandLine(URI.create(matcher.group(1)), matcher.group(2), matcher.group(3)))
                : Optional.empty();
    }
}
