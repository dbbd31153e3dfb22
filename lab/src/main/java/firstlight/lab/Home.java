package firstlight.lab;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Where things are on this machine: the launcher says so in the environment.
 *
 * @param cache what outlives runs: disks, unpacked programs, the environment, logs
 * @param firstlight the command line of this very program, to which words are added
 */
record Home(Path cache, List<String> firstlight) {
    /** {@code firstlight} is the command line of the program this code runs in, for running it again inside a namespace. */
    static Home of(Map<String, String> environment) {
        String cache = environment.get("FIRSTLIGHT_CACHE");
        String home = environment.getOrDefault("HOME", "/root");
        Path folder = cache == null || cache.isEmpty() ? Path.of(home, ".cache", "firstlight") : Path.of(cache);
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return new Home(
                folder.toAbsolutePath(),
                List.of(
                        java,
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "firstlight.server.Main"));
    }

    /** What {@code firstlight dhcp-config} tells somebody whose DHCP server is on Firstlight's host. */
    String dhcpConfig(DhcpSoftware software) {
        List<String> command = new ArrayList<>(firstlight);
        command.addAll(List.of("dhcp-config", software.text()));
        return Shell.run(command);
    }

    /** Builds what the server would build at its first start, where people can see it take its time. Later it is quick. */
    void prepare(PrintStream terminal) {
        SystemDisk.in(cache, terminal::println);
        List<String> command = new ArrayList<>(firstlight);
        command.addAll(List.of(
                "environment", "build", "--data", cache.resolve("lab/prepared").toString()));
        terminal.println("preparing the imaging environment (first time: some minutes)");
        // Two runs that begin together prepare one after the other.
        try (FileChannel file = FileChannel.open(
                        cache.resolve("lab/prepared.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = file.lock()) {
            if (lock.isValid()) {
                Shell.show(command);
            }
        } catch (IOException failure) {
            throw new LabFailure("cannot write below " + cache + ": " + failure.getMessage(), failure);
        }
    }

    Path scenarioLogs(String scenario) {
        return cache.resolve("lab").resolve("logs").resolve(scenario);
    }
}
