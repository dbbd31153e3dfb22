package firstlight.server.configuration;

import firstlight.model.IoReason;
import firstlight.server.operator.OperatorError;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Everything that a server keeps, below one directory. */
public record DataDirectory(Path path) {
    public static final String USUAL = "/var/lib/firstlight";

    private static final Logger LOG = LoggerFactory.getLogger(DataDirectory.class);
    private static final FileAttribute<?> OWNER_ALONE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final Set<PosixFilePermission> OTHERS = PosixFilePermissions.fromString("------rwx");

    public Path boot() {
        return path.resolve("boot");
    }

    public Path images() {
        return path.resolve("images");
    }

    /** What is not uploaded yet, when the images are elsewhere. */
    public Path spool() {
        return path.resolve("spool");
    }

    /**
     * The path of the configuration that the server was started with last, for commands that read its images themselves: it says
     * where these are. Absent: it had none.
     */
    public Path configuration() {
        return path.resolve("configuration");
    }

    /**
     * That configuration as it stands now; absent: it had none, or none has run.
     *
     * @param told what it is asked for, for the message
     * @throws OperatorError when it cannot be read
     */
    public Optional<Configuration> configured(String told) {
        Path note = configuration();
        if (!Files.exists(note)) {
            return Optional.empty();
        }
        Path file = note;
        try {
            file = Path.of(Files.readString(note).strip());
            return Optional.of(ConfigurationFile.read(file));
        } catch (NoSuchFileException absent) {
            throw unusable(file, told, "it is not there", absent);
        } catch (IOException | InvalidConfiguration unreadable) {
            throw unusable(file, told, String.valueOf(unreadable.getMessage()), unreadable);
        }
    }

    private static OperatorError unusable(Path configuration, String told, String why, Exception reason) {
        return new OperatorError(
                told + " is told by its configuration " + configuration + ": " + why,
                "mend it, or start the server with the one that holds now",
                reason);
    }

    /** @throws OperatorError when it cannot be written down */
    public void keep(Optional<Path> configuration) {
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
    public Path clock() {
        return path.resolve("clock");
    }

    /** What is half pulled from other servers. */
    public Path pulls() {
        return path.resolve("pulls");
    }

    public Path database() {
        return path.resolve("database");
    }

    public Path tls() {
        return path.resolve("tls");
    }

    /** Disks of PCs, hashes of passwords and scripts with passwords of their own: for the server's user alone. */
    private List<Path> secrets() {
        return List.of(database(), images(), spool(), pulls());
    }

    /**
     * What is there already stays. Boot files are no secret: anybody gets them by TFTP.
     *
     * @throws OperatorError where it cannot be made
     */
    public void create() {
        try {
            if (!Files.isDirectory(path)) {
                Files.createDirectories(path.toAbsolutePath().normalize().getParent());
                Files.createDirectory(path, OWNER_ALONE);
            }
            Files.createDirectories(boot().resolve("environment"));
            for (Path secret : secrets()) {
                if (!Files.isDirectory(secret)) {
                    Files.createDirectory(secret, OWNER_ALONE);
                }
            }
            secrets().forEach(DataDirectory::closeToOthers);
        } catch (IOException e) {
            throw new OperatorError(
                    "the data directory " + path + " cannot be made: " + IoReason.withFile(e),
                    "run as root, or choose another with --data",
                    e);
        }
    }

    /** Up to 0.1.0 they were made as the umask had it. What is closed to others already stays as it is: a group may be meant. */
    private static void closeToOthers(Path folder) {
        try {
            if (!Files.isDirectory(folder) || Collections.disjoint(Files.getPosixFilePermissions(folder), OTHERS)) {
                return;
            }
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
            LOG.info("{} could be read by every account of this host; now by the server's user alone", folder);
        } catch (IOException e) {
            LOG.warn(
                    "{} can be read by other accounts of this host, and that cannot be changed: {}; see its owner and file system",
                    folder,
                    IoReason.of(e));
        }
    }

    /**
     * For a command that reads the directory itself.
     *
     * @throws OperatorError when its user may not
     */
    public void requireReadable() {
        for (Path folder : List.of(path, images())) {
            if (Files.isDirectory(folder) && !(Files.isReadable(folder) && Files.isExecutable(folder))) {
                throw new OperatorError(
                        "you may not read " + folder, "run this command as root or as the server's user");
            }
        }
    }

    /** The first start makes the token; no command does. */
    public boolean hasServed() {
        return Files.exists(path.resolve("api-token"));
    }

    /** The secret of the loopback API: made at the first start, readable by the server's user alone. */
    public String apiToken() {
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

    /** At the end of a start, so that no command finds a server that does not answer yet. */
    public void publishApi(String url) {
        try {
            Files.writeString(path.resolve("api-url"), url + "\n");
        } catch (IOException e) {
            throw new OperatorError(
                    path.resolve("api-url") + " cannot be written: " + IoReason.of(e),
                    "see space and permission there",
                    e);
        }
    }

    /**
     * Of the server that was started last; it need not run.
     *
     * @throws OperatorError when none ever was, or its user may not read that
     */
    public Api api() {
        try {
            return new Api(
                    Files.readString(path.resolve("api-url")).strip(),
                    Files.readString(path.resolve("api-token")).strip());
        } catch (NoSuchFileException e) {
            throw new OperatorError(
                    "no server has run with the data directory " + path,
                    "start one with firstlight serve, or name its directory with --data; for a server on another host"
                            + " firstlight sign-in --server https://HOST:8444",
                    e);
        } catch (AccessDeniedException e) {
            throw new OperatorError(
                    "you may not read " + e.getFile(), "run this command as root or as the server's user", e);
        } catch (IOException e) {
            throw new OperatorError(path + " cannot be read: " + IoReason.withFile(e), "see its permission", e);
        }
    }
}
