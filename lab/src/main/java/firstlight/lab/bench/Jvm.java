package firstlight.lab.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs a class of this room in a Java of its own, with the launcher's settings. */
final class Jvm {
    private Jvm() {}

    static List<String> command(Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:+UseSerialGC",
                "-Xss512k",
                "-Xms64m",
                "-Dlogback.configurationFile=firstlight/lab/bench/logback.xml",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(arguments));
        return command;
    }
}
