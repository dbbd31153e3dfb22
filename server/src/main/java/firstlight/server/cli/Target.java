package firstlight.server.cli;

import firstlight.model.IoReason;
import firstlight.server.configuration.DataDirectory;
import firstlight.server.operator.OperatorError;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Which server a command asks, with which secret.
 *
 * @param url {@code https://HOST:PORT}, or this host's on loopback
 * @param secret local token, API token or session; empty before the sign-in
 * @param pin SHA-256 of the server's certificate in hexadecimal; empty believes the certificates that Java believes
 */
record Target(String url, String secret, String pin) {
    /** The only door without TLS. */
    private static final Pattern LOOPBACK = Pattern.compile("http://127\\.0\\.0\\.1(:\\d+)?");

    /** The one that was signed in to last, readable by its user alone. By the XDG Base Directory Specification. */
    static Path signedIn() {
        String config = System.getenv("XDG_CONFIG_HOME");
        Path home = config == null || config.isEmpty()
                ? Path.of(System.getProperty("user.home"), ".config")
                : Path.of(config);
        return home.resolve("firstlight/session.json");
    }

    static Target choose(Optional<String> server, Optional<Path> tokenFile, String pin, Path data) {
        return choose(server, tokenFile, pin, data, ofSignIn());
    }

    /**
     * What was named, else this host's server when its directory can be read, else the one signed in to. Never another server than
     * the one whose directory was named: the command may be about its disks.
     */
    static Target choose(
            Optional<String> server, Optional<Path> tokenFile, String pin, Path data, Optional<Target> signed) {
        if (server.isPresent()) {
            String url = safe(server.get());
            if (tokenFile.isPresent()) {
                return new Target(url, secret(tokenFile.get()), pin);
            }
            return signed.filter(target -> target.url.equals(url))
                    .orElseThrow(() -> new OperatorError(
                            "you are not signed in to " + url,
                            "firstlight sign-in --server " + url + ", or name a token with --token-file"));
        }
        boolean named = !data.equals(Path.of(DataDirectory.USUAL));
        if (!named && !Files.isReadable(data.resolve("api-token")) && signed.isPresent()) {
            Target target = signed.get();
            return new Target(target.url, tokenFile.map(Target::secret).orElse(target.secret), target.pin);
        }
        DataDirectory.Api local = new DataDirectory(data).api();
        return new Target(local.url(), tokenFile.map(Target::secret).orElse(local.token()), "");
    }

    /**
     * The URL without the slash at its end, when a secret may go there.
     *
     * @throws OperatorError when it would travel in clear
     */
    static String safe(String server) {
        String url = server.replaceAll("/+$", "");
        if (!url.startsWith("https://") && !LOOPBACK.matcher(url).matches()) {
            throw new OperatorError(
                    "the server '" + url + "' is not named by https://",
                    "a secret would travel in clear; write https://HOST:PORT");
        }
        try {
            if (!URI.create(url).toURL().getHost().isEmpty()) {
                return url;
            }
        } catch (IllegalArgumentException | MalformedURLException e) {
            throw new OperatorError("'" + url + "' is no URL: " + e.getMessage(), "write https://HOST:PORT", e);
        }
        throw new OperatorError("'" + url + "' names no host", "write https://HOST:PORT");
    }

    private static String secret(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new OperatorError("the token in " + file + " cannot be read", "see the file and its permission", e);
        }
    }

    /** @throws OperatorError when the file is damaged: to ask another server in silence would be worse */
    static Optional<Target> ofSignIn() {
        Path file = signedIn();
        if (!Files.isReadable(file)) {
            return Optional.empty();
        }
        try {
            JsonNode node = ApiClient.JSON.readTree(Files.readString(file));
            return Optional.of(new Target(
                    node.path("url").stringValue(""),
                    node.path("secret").stringValue(""),
                    node.path("pin").stringValue("")));
        } catch (IOException | RuntimeException e) {
            throw new OperatorError(file + " cannot be read", "remove it and sign in again", e);
        }
    }

    /** With its rights from the beginning; in place of an older sign-in. */
    void keep() {
        Path file = signedIn();
        ObjectNode node = ApiClient.JSON
                .createObjectNode()
                .put("url", url)
                .put("secret", secret)
                .put("pin", pin);
        try {
            Files.createDirectories(file.getParent());
            Files.deleteIfExists(file);
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(file, node + "\n", StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new OperatorError(file + " cannot be written: " + IoReason.of(e), "see space and permission", e);
        }
    }
}
