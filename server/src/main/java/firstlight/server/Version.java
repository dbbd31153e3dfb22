package firstlight.server;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** Which Firstlight this is: of the build, with the commit where the launcher knows it. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() throws IOException {
        Properties build = new Properties();
        try (InputStream text = Version.class.getResourceAsStream("version.properties")) {
            if (text == null) {
                throw new IOException("version.properties is missing: build it anew");
            }
            build.load(text);
        }
        String commit = Optional.ofNullable(System.getenv("FIRSTLIGHT_COMMIT"))
                .filter(known -> !known.isBlank())
                .map(known -> " (" + known + ")")
                .orElse("");
        return new String[] {"firstlight " + build.getProperty("version") + commit};
    }
}
