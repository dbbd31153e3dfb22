package firstlight.image.luks;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.disk.Access;
import firstlight.image.disk.DiskFile;
import firstlight.image.extents.Volume;
import firstlight.image.pipeline.Shell;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A try takes seconds: who waits hears of it, and none is made in vain. */
class KeyRingTest {
    @TempDir
    Path folder;

    private final List<String> said = new ArrayList<>();

    private KeyRing ring(String... passphrases) {
        List<byte[]> all = Stream.of(passphrases)
                .map(each -> each.getBytes(StandardCharsets.UTF_8))
                .toList();
        return new KeyRing(uuid -> all, said::add);
    }

    private boolean opens(KeyRing ring, String name) throws IOException {
        try (DiskFile disk = DiskFile.open(folder.resolve(name), 512, Access.READ)) {
            Volume there = new Volume.OfDisk(disk, name, 0, 0, disk.size());
            Volume volume = new Volume.Seen(there, name, Optional.of(folder.resolve(name)));
            return ring.of(volume, volume.window()).isPresent();
        }
    }

    private void encrypted(String name, String passphrase) throws IOException {
        Shell.run("""
                truncate -s 20M '%1$s'
                printf %2$s | cryptsetup luksFormat -q --type luks2 --pbkdf pbkdf2 --pbkdf-force-iterations 1000 '%1$s' -
                """.formatted(folder.resolve(name), passphrase));
    }

    @Test
    void thePassphraseThatOpenedTheLastOneIsTriedFirstAndEachOnce() throws IOException {
        encrypted("root", "third");
        encrypted("home", "third");
        encrypted("data", "second");
        KeyRing ring = ring("first", "second", "second", "third");
        for (String name : List.of("root", "home", "data", "root")) {
            assertThat(opens(ring, name)).isTrue();
        }
        assertThat(said)
                .containsExactly(
                        "trying passphrase 1 of 3 for root",
                        "trying passphrase 2 of 3 for root",
                        "trying passphrase 3 of 3 for root",
                        "trying passphrase 1 of 3 for home",
                        "trying passphrase 1 of 3 for data",
                        "trying passphrase 2 of 3 for data",
                        "trying passphrase 3 of 3 for data");
    }

    /** A header that asks for 900 GB stands for one that asks for 1 GB in a PC that has less. */
    @Test
    void aPassphraseThatCouldNotBeTriedForWantOfMemoryIsNotCalledWrong() throws IOException {
        encrypted("usual", "secret");
        Shell.run("""
                truncate -s 20M '%1$s'
                printf secret | cryptsetup luksFormat -q --type luks2 --pbkdf argon2id --pbkdf-memory 1024 --pbkdf-force-iterations 4 '%1$s' -
                """.formatted(folder.resolve("large")));
        askFor(folder.resolve("large"), 900_000_000);
        KeyRing ring = ring("secret");
        assertThat(opens(ring, "large")).isFalse();
        assertThat(ring.whyClosed(window("large"))).startsWith("there is too little memory here to try a passphrase");
        assertThat(opens(ring, "usual")).isTrue();

        KeyRing other = ring("other");
        assertThat(opens(other, "usual")).isFalse();
        assertThat(other.whyClosed(window("usual"))).startsWith("no passphrase that was given opens it");
    }

    private byte[] window(String name) throws IOException {
        try (DiskFile disk = DiskFile.open(folder.resolve(name), 512, Access.READ)) {
            return new Volume.OfDisk(disk, name, 0, 0, disk.size()).window();
        }
    }

    /** Of LUKS2's header: 4 KiB with the checksum of all of it, and the text behind. */
    private static void askFor(Path file, int kib) throws IOException {
        try (RandomAccessFile disk = new RandomAccessFile(file.toFile(), "rw")) {
            byte[] header = new byte[16384];
            disk.readFully(header);
            String text = new String(header, 4096, header.length - 4096, StandardCharsets.ISO_8859_1);
            byte[] changed = text.replaceFirst("\"memory\":1024,", "\"memory\":" + kib + ",")
                    .getBytes(StandardCharsets.ISO_8859_1);
            System.arraycopy(changed, 0, header, 4096, header.length - 4096);
            Arrays.fill(header, 448, 512, (byte) 0);
            System.arraycopy(MessageDigest.getInstance("SHA-256").digest(header), 0, header, 448, 32);
            disk.seek(0);
            disk.write(header);
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }

    @Test
    void aCloneWhosePassphraseWasChangedSinceIsOpenedByItsOwn() throws IOException {
        encrypted("clone", "old");
        Shell.run("""
                cd '%s'; cp clone disk; printf old > old; printf new > new
                cryptsetup luksChangeKey -q --pbkdf pbkdf2 --pbkdf-force-iterations 1000 --key-file old disk new
                """.formatted(folder));
        KeyRing ring = ring("new");
        assertThat(opens(ring, "clone")).isFalse();
        assertThat(opens(ring, "disk")).isTrue();
    }

    @Test
    void ofASinglePassphraseNothingIsSaid() throws IOException {
        encrypted("root", "second");
        assertThat(opens(ring("second", "second"), "root")).isTrue();
        assertThat(opens(ring("first"), "root")).isFalse();
        assertThat(said).isEmpty();
    }
}
