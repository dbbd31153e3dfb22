package firstlight.server;

import firstlight.model.IoReason;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;

/** Everything that a server keeps, below one directory. */
public record DataDirectory(Path path) {
    public static final String USUAL = "/var/lib/firstlight";

    Path boot() {
        return path.resolve("boot");
    }

    Path images() {
        return path.resolve("images");
    }

    /** What is not uploaded yet, when the images are elsewhere. */
    Path spool() {
        return path.resolve("spool");
    }

    /**
     * The path of the configuration that the server was started with last, for commands that read its images themselves: it says
     * where these are. Absent: it had none.
     */
    public Path configuration() {
        return path.resolve("configuration");
    }

    /** @throws OperatorError when it cannot be written down */
    void keep(Optional<Path> configuration) {
        try {
            if (configuration.isEmpty()) {
                Files.deleteIfExists(configuration());
                return;
            }
            Path part = path.resolve("configuration.part");
            Files.writeString(part, configuration.get().toAbsolutePath().normalize() + "\n");
            Files.move(part, configuration(), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new OperatorError(
                    configuration() + " cannot be written: " + IoReason.of(e), "see space and permission there", e);
        }
    }

    /** What the clock said last. */
    Path clock() {
        return path.resolve("clock");
    }

    /** What is half pulled from other servers. */
    Path pulls() {
        return path.resolve("pulls");
    }

    Path database() {
        return path.resolve("database");
    }

    Path tls() {
        return path.resolve("tls");
    }

    void create() {
        try {
            Files.createDirectories(boot().resolve("environment"));
            Files.createDirectories(images());
        } catch (IOException e) {
            throw new OperatorError(
                    "the data directory " + path + " cannot be made: " + IoReason.withFile(e),
                    "run as root, or choose another with --data",
                    e);
        }
    }

    /** The secret of the loopback API: made at the first start, readable by the server's user alone. */
    String apiToken() {
        Path file = path.resolve("api-token");
        try {
            // A start that found the disk full, or no power, may have left it empty: a secret that everybody knows.
            if (!Files.exists(file) || Files.readString(file).isBlank()) {
                byte[] octets = new byte[32];
                new SecureRandom().nextBytes(octets);
                Path fresh = path.resolve("api-token.new");
                Files.deleteIfExists(fresh);
                Files.createFile(
                        fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
                Files.writeString(fresh, Base64.getUrlEncoder().withoutPadding().encodeToString(octets) + "\n");
                Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
            }
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new OperatorError(
                    file + " cannot be written: " + IoReason.of(e), "see space and permission there", e);
        }
    }

    /** For the command line: where the running server listens, and its secret. */
    public record Api(String url, String token) {}

    void publishApi(String url) {
        try {
            Files.writeString(path.resolve("api-url"), url + "\n");
        } catch (IOException e) {
            throw new OperatorError(
                    path.resolve("api-url") + " cannot be written: " + IoReason.of(e),
                    "see space and permission there",
                    e);
        }
    }

    public Api api() {
        try {
            return new Api(
                    Files.readString(path.resolve("api-url")).strip(),
                    Files.readString(path.resolve("api-token")).strip());
        } catch (NoSuchFileException e) {
            throw new OperatorError(
                    "no server has run with the data directory " + path,
                    "start one with firstlight serve, or name its directory with --data",
                    e);
        } catch (AccessDeniedException e) {
            throw new OperatorError(
                    "you may not read " + e.getFile(), "run this command as root or as the server's user", e);
        } catch (IOException e) {
            throw new OperatorError(path + " cannot be read: " + IoReason.withFile(e), "see its permission", e);
        }
    }
}
