package firstlight.image.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A process that tortures the stores of a folder, tells what it does to them, and is killed. */
final class TortureForever {
    private TortureForever() {}

    /** In place of an endpoint: chunks rot on this disk. */
    static final String ROT = "rot";

    /** @param arguments folder, seed, and the endpoint when the stores are on an S3 server, or {@link #ROT} */
    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        long seed = Long.parseLong(arguments[1]);
        boolean rots = arguments.length > 2 && arguments[2].equals(ROT);
        Optional<URI> endpoint =
                arguments.length < 3 || rots ? Optional.empty() : Optional.of(URI.create(arguments[2]));
        Rot rot = rots ? RotTest.ofChunks(seed) : Rot.NONE;
        Torture.Witness telling = new Torture.Witness() {
            @Override
            public void published(String name, String digest) {
                tell("published", name, digest);
            }

            @Override
            public void removing(String name) {
                tell("removing", name, "-");
            }

            @Override
            public void stays(String name) {
                tell("stays", name, "-");
            }
        };
        try (ImageStore store = rots ? onRot(folder, rot) : open(folder, "store", endpoint);
                ImageStore replica = open(folder, "replica", endpoint)) {
            List<Throwable> failures = new Torture(store, replica, telling, seed, rot).run(600_000);
            failures.forEach(Throwable::printStackTrace);
        }
    }

    /** A start that fails for a read that failed is tried again, as by whoever looks after a server. */
    private static ImageStore onRot(Path folder, Rot rot) throws IOException {
        while (true) {
            try {
                return PackStore.open(rot.over(DiskShelf.open(folder.resolve("store"))));
            } catch (IOException once) {
                if (!rot.explains(once)) {
                    throw once;
                }
            }
        }
    }

    private static synchronized void tell(String what, String name, String digest) {
        System.out.println(what + " " + name + " " + digest);
        System.out.flush();
    }

    /** With packs of a few chunks when it is on disk. */
    static ImageStore open(Path folder, String name, Optional<URI> endpoint) throws IOException {
        return endpoint.isEmpty()
                ? PackStore.open(new WatchedShelf(DiskShelf.open(folder.resolve(name))))
                : S3Store.open(
                        new S3Settings("images", name + "/", endpoint, "us-east-1", "key", "secret", true),
                        folder.resolve("spool-" + name));
    }

    /** Starts one and kills it so many milliseconds after its first publication. */
    static void untilKilled(int milliseconds, Torture.Witness witness, List<String> arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                TortureForever.class.getName()));
        command.addAll(arguments);
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (var output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            boolean begun = false;
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                hear(witness, line.split(" ", -1));
                if (!begun && line.startsWith("published")) {
                    begun = true;
                    Thread.ofVirtual().start(() -> {
                        kill(process, milliseconds);
                    });
                }
            }
            assertThat(begun).as("it published something").isTrue();
            assertThat(process.waitFor())
                    .as("it was killed, and did not fail before")
                    .isEqualTo(128 + 9);
        } finally {
            process.destroyForcibly();
        }
    }

    private static void kill(Process process, int milliseconds) {
        try {
            boolean over = process.waitFor(milliseconds, TimeUnit.MILLISECONDS);
            if (!over) {
                process.toHandle().destroyForcibly(); // SIGKILL; Process would throw away its last words
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void hear(Torture.Witness witness, String[] words) {
        switch (words[0]) {
            case "published" -> witness.published(words[1], words[2]);
            case "removing" -> witness.removing(words[1]);
            case "stays" -> witness.stays(words[1]);
            default -> throw new AssertionError(String.join(" ", words));
        }
    }
}
