package firstlight.server.vault;

import firstlight.image.luks.Passphrases;
import firstlight.model.IoReason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The passphrases of LUKS volumes, each in a file, encrypted (AES-GCM) with a key that lies beside them. Who reads the whole data
 * directory reads them; who gets at one of its files, or at a backup without the key, does not. The command line writes it, also while
 * the server runs that reads it: each file is replaced whole.
 */
public final class Vault {
    private static final String KEY = "key";
    private static final String ENDING = ".secret";
    /** Beside it, where not every PC may have it: of which, one a line. */
    private static final String CHOICE = ".for";

    private static final Pattern WHOM = Pattern.compile("(group|device):[^\\p{Cntrl}]{1,100}");

    private static final int KEY_LENGTH = 32;
    private static final int NONCE = 12;

    private static final int TAG_BITS = 128;

    private final Path folder;
    private final SecureRandom random = new SecureRandom();

    /** @param data the server's data directory */
    public Vault(Path data) {
        this.folder = data.resolve("vault");
    }

    /** Keeps {@code passphrase} under {@code name}, in place of one that was there, for every PC. */
    public void put(String name, String passphrase) throws IOException {
        put(name, passphrase, List.of());
    }

    /**
     * @param name up to 100 letters, digits, dots, dashes and underscores
     * @param whom for these PCs and no others: {@code group:NAME} (and what is below it), {@code device:NAME}; empty for every PC
     * @throws IllegalArgumentException for a name or a {@code whom} of another form
     */
    public void put(String name, String passphrase, List<String> whom) throws IOException {
        for (String each : whom) {
            if (!WHOM.matcher(each).matches()) {
                throw new IllegalArgumentException("'" + each + "' is neither group:NAME nor device:NAME");
            }
        }
        if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,99}")) {
            throw new IllegalArgumentException(
                    "'" + name
                            + "' is no name: it starts with a letter or digit and holds at most 100 letters, digits, dots, dashes and underscores");
        }
        byte[] nonce = new byte[NONCE];
        random.nextBytes(nonce);
        byte[] secret =
                cipher(Cipher.ENCRYPT_MODE, key(), nonce, name, whom, passphrase.getBytes(StandardCharsets.UTF_8));
        byte[] kept = ByteBuffer.allocate(NONCE + secret.length)
                .put(nonce)
                .put(secret)
                .array();
        // Both are written before the former ones go: on a full disk those stay.
        try (Fresh fresh = new Fresh();
                Fresh choice = new Fresh()) {
            fresh.write(kept);
            if (!whom.equals(whom(name))) {
                choice.write(String.join("\n", whom).getBytes(StandardCharsets.UTF_8));
                Files.deleteIfExists(folder.resolve(name + ENDING)); // which the other choice does not fit
                if (whom.isEmpty()) {
                    Files.deleteIfExists(folder.resolve(name + CHOICE));
                } else {
                    choice.move(folder.resolve(name + CHOICE));
                }
            }
            fresh.move(folder.resolve(name + ENDING));
        }
    }

    /** Whether there was one. */
    public boolean remove(String name) throws IOException {
        boolean was = names().contains(name) && Files.deleteIfExists(folder.resolve(name + ENDING));
        if (was) {
            Files.deleteIfExists(folder.resolve(name + CHOICE));
        }
        return was;
    }

    /** Sorted; empty when nothing was ever kept. */
    public List<String> names() throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(ENDING))
                    .map(name -> name.substring(0, name.length() - ENDING.length()))
                    .sorted()
                    .toList();
        }
    }

    /** Which PCs may have the one of that name; empty for every PC. */
    public List<String> whom(String name) throws IOException {
        Path file = folder.resolve(name + CHOICE);
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }

    /**
     * @param unfit those that nobody can read (cut short, changed, of another key), in a sentence each with its cure
     */
    public record Found(List<String> passphrases, List<String> unfit) {
        public Found {
            passphrases = List.copyOf(passphrases);
            unfit = List.copyOf(unfit);
        }
    }

    /** Those for every PC, and of the others those of which one of {@link #whom} is {@code meant}. One that does not fit keeps nobody from the rest. */
    public Found find(Predicate<String> meant) throws IOException {
        List<String> passphrases = new ArrayList<>();
        List<String> unfit = new ArrayList<>();
        for (String name : names()) {
            try {
                List<String> whom = whom(name);
                if (whom.isEmpty() || whom.stream().anyMatch(meant)) {
                    passphrases.add(passphrase(name, whom));
                }
            } catch (Unfit damaged) {
                unfit.add(String.valueOf(damaged.getMessage()));
            } catch (NoSuchFileException removed) {
                // in this moment; who keeps one anew takes the former away first
            } catch (IOException unreadable) {
                unfit.add("the vault's " + name + ENDING + " cannot be read (" + IoReason.withFile(unreadable) + ")");
            }
        }
        return new Found(passphrases, unfit);
    }

    private String passphrase(String name, List<String> whom) throws IOException {
        byte[] octets = Files.readAllBytes(folder.resolve(name + ENDING));
        if (octets.length <= NONCE) {
            throw new Unfit(name, "is damaged");
        }
        Path key = folder.resolve(KEY);
        if (!Files.exists(
                key)) { // reading makes none: put back later, the right one would fit nothing that came between
            throw new Unfit(name, "has lost its key, " + key + " (put that back)");
        }
        byte[] opening = Files.readAllBytes(key);
        if (opening.length != KEY_LENGTH) { // a power cut, or a full disk
            throw new Unfit(name, "does not fit its key");
        }
        byte[] nonce = Arrays.copyOf(octets, NONCE);
        byte[] secret = Arrays.copyOfRange(octets, NONCE, octets.length);
        return new String(cipher(Cipher.DECRYPT_MODE, opening, nonce, name, whom, secret), StandardCharsets.UTF_8);
    }

    private static final class Unfit extends IOException {
        private static final long serialVersionUID = 1;

        private Unfit(String name, String why) {
            super(words(name, why));
        }

        private Unfit(String name, String why, Throwable cause) {
            super(words(name, why), cause);
        }

        private static String words(String name, String why) {
            return "the vault's " + name + ENDING + " " + why + "; firstlight vault remove " + name
                    + ", then vault add it anew";
        }
    }

    /** For whoever opens volumes, as they are now. */
    public Passphrases opening() throws IOException {
        Found found = find(_ -> true);
        if (!found.unfit().isEmpty()) {
            throw new IOException(found.unfit().getFirst());
        }
        List<byte[]> all = found.passphrases().stream()
                .map(passphrase -> passphrase.getBytes(StandardCharsets.UTF_8))
                .toList();
        return uuid -> all;
    }

    private static byte[] cipher(int mode, byte[] key, byte[] nonce, String name, List<String> whom, byte[] octets)
            throws IOException {
        try {
            Cipher aes = Cipher.getInstance("AES/GCM/NoPadding");
            aes.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG_BITS, nonce));
            // So that files cannot be exchanged, nor a choice changed.
            aes.updateAAD(name.getBytes(StandardCharsets.UTF_8));
            for (String each : whom) {
                aes.updateAAD(("\n" + each).getBytes(StandardCharsets.UTF_8));
            }
            return aes.doFinal(octets);
        } catch (GeneralSecurityException wrong) {
            throw new Unfit(name, "does not fit its key", wrong);
        }
    }

    /** Made with the first secret. Without it what is there cannot be read any more. */
    private byte[] key() throws IOException {
        Path file = folder.resolve(KEY);
        if (!Files.exists(file)) {
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            byte[] key = new byte[KEY_LENGTH];
            random.nextBytes(key);
            try (Fresh fresh = new Fresh()) {
                fresh.write(key);
                fresh.move(file);
            }
        }
        byte[] key = Files.readAllBytes(file);
        if (key.length != KEY_LENGTH) {
            throw new IOException(file + " is damaged: put it back from a backup, or remove it and all passphrases");
        }
        return key;
    }

    /** A file that is there whole or not at all, readable by the server's account alone; none is left where it came to nothing. */
    private final class Fresh implements AutoCloseable {
        private final Path file = Files.createTempFile(
                folder, "new", "", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));

        private Fresh() throws IOException {}

        private void write(byte[] octets) throws IOException {
            Files.write(file, octets);
        }

        private void move(Path to) throws IOException {
            Files.move(file, to, StandardCopyOption.ATOMIC_MOVE);
        }

        @Override
        public void close() throws IOException {
            Files.deleteIfExists(file);
        }
    }
}
