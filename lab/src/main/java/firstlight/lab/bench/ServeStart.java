package firstlight.lab.bench;

import firstlight.server.operator.OperatorError;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One start of {@code ./firstlight serve}, as an operator starts it.
 *
 * @param ready seconds from the launcher's start to the ready line
 * @param cpu seconds of processor time until then, which other programs' load does not change much
 * @param memory megabytes that are resident when it has come to rest
 */
record ServeStart(double ready, double cpu, double memory) {
    private static final int PATIENCE_SECONDS = 180;
    private static final int REST_SECONDS = 10;

    static ServeStart measure(Ground ground, Host host, Path data) {
        String home = System.getenv("FIRSTLIGHT_HOME");
        if (home == null) {
            throw new OperatorError("FIRSTLIGHT_HOME is not set", "run ./firstlight bench boot");
        }
        Path output = ground.folder().resolve("serve.out");
        try {
            Files.deleteIfExists(output);
            long start = System.nanoTime();
            Process process = ground.start(
                    host.namespace(),
                    "serve.err",
                    Redirect.to(output.toFile()),
                    List.of(home + "/firstlight", "serve", "--interface", "eth0", "--data", data.toString()));
            try {
                double ready = (await(process, output, "ready after") - start) / 1e9;
                // The launcher has become the server's JVM by exec: all of it is one process.
                double cpu = process.info().totalCpuDuration().orElseThrow().toNanos() / 1e9;
                await(process, output, "boot files are complete");
                TimeUnit.SECONDS.sleep(REST_SECONDS);
                return new ServeStart(ready, cpu, resident(process.pid()));
            } finally {
                process.destroy();
                process.waitFor();
            }
        } catch (IOException e) {
            throw new OperatorError("the server's start cannot be measured: " + e.getMessage(), "", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OperatorError("interrupted", "", e);
        }
    }

    private static long await(Process process, Path output, String words) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!Files.readString(output).contains(words)) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new OperatorError(
                        "the server did not say '" + words + "'",
                        Files.readString(output).strip());
            }
            TimeUnit.MILLISECONDS.sleep(5);
        }
        return System.nanoTime();
    }

    private static double resident(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc", String.valueOf(pid), "status")).stream()
                        .filter(line -> line.startsWith("VmRSS:"))
                        // /proc says kB and means KiB; megabytes here are of 10^6 octets.
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                        .sum()
                / 1000.0
                * 1.024;
    }
}
