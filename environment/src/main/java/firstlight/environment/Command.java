package firstlight.environment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Runs a program of the machine and answers with what it printed. */
final class Command {
    private Command() {}

    /**
     * Standard output and error together.
     *
     * @param cure for the operator, when it fails
     */
    static String run(List<String> command, String cure) throws BuildFailedException {
        return run(Path.of("."), command, cure);
    }

    static String run(Path folder, List<String> command, String cure) throws BuildFailedException {
        return run(folder, command, cure, () -> {});
    }

    /** Calls {@code meanwhile} now and then while the program runs. */
    static String run(Path folder, List<String> command, String cure, Runnable meanwhile) throws BuildFailedException {
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        // Messages are searched for words, and sorting must not depend on who builds.
        builder.environment().put("LC_ALL", "C");
        builder.environment().put("DEBIAN_FRONTEND", "noninteractive");
        // mksquashfs takes times from it or from its command line, and refuses both.
        builder.environment().remove("SOURCE_DATE_EPOCH");
        String name = command.getFirst();
        try {
            Path printed = Files.createTempFile("firstlight", ".out");
            String output;
            int status;
            try {
                Process process = builder.redirectOutput(printed.toFile()).start();
                process.getOutputStream().close();
                while (!process.waitFor(250, TimeUnit.MILLISECONDS)) {
                    meanwhile.run();
                }
                status = process.exitValue();
                output = Files.readString(printed);
            } finally {
                Files.delete(printed);
            }
            if (status != 0) {
                throw new BuildFailedException(name + " ended with status " + status + ": " + lastLines(output), cure);
            }
            return output;
        } catch (IOException e) {
            throw new BuildFailedException(name + " cannot be run: " + e.getMessage(), "install it (" + cure + ")");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BuildFailedException(name + " was interrupted", "start the build again");
        }
    }

    private static String lastLines(String output) {
        List<String> lines = output.lines().filter(line -> !line.isBlank()).toList();
        return lines.subList(Math.max(0, lines.size() - 4), lines.size()).stream()
                .collect(Collectors.joining("; "));
    }
}
