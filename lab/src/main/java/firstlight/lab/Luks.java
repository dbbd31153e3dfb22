package firstlight.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Encrypts a partition's file in place, and deciphers it: by cryptsetup, offline, which needs no device mapper. */
final class Luks {
    static final String PASSPHRASE = "a passphrase of the lab's";

    /** What the header takes, with room to move in. */
    static final int HEADER_MIB = 32;

    private Luks() {}

    /**
     * {@code part} gets longer by the header. Every sector of it, free ones as well, holds something then. By "reencrypt
     * --encrypt", since a mapping that one could write through needs the device mapper.
     */
    static Path encrypted(Path part, Path work) {
        Shell.run("truncate", "-s", "+" + HEADER_MIB + "M", part.toString());
        Shell.run(
                "cryptsetup",
                "reencrypt",
                "-q",
                "--encrypt",
                "--type",
                "luks2",
                "--reduce-device-size",
                HEADER_MIB + "M",
                // Few, in 32 MiB (it counts KiB): opening what is the lab's need not cost a PC seconds.
                "--pbkdf-force-iterations",
                "4",
                "--pbkdf-memory",
                "32768",
                "--key-file",
                key(work).toString(),
                part.toString());
        return part;
    }

    /**
     * In place: {@code luks} then begins with what was encrypted, and is no LUKS any more.
     *
     * @param work a folder for the header, which is put aside, and the key
     */
    static Path deciphered(Path luks, Path work) {
        Path header = work.resolve("header");
        try {
            Files.deleteIfExists(header);
        } catch (IOException failure) {
            throw new LabFailure("cannot remove " + header + ": " + failure.getMessage(), failure);
        }
        Shell.run(
                "cryptsetup",
                "reencrypt",
                "-q",
                "--decrypt",
                "--force-offline-reencrypt",
                "--header",
                header.toString(),
                "--key-file",
                key(work).toString(),
                luks.toString());
        return luks;
    }

    private static Path key(Path work) {
        Path key = work.resolve("key");
        try {
            return Files.writeString(key, PASSPHRASE);
        } catch (IOException failure) {
            throw new LabFailure("cannot write " + key + ": " + failure.getMessage(), failure);
        }
    }
}
