package firstlight.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * A network that only the test has, with a loopback interface and nothing else, so that it may make routes and interfaces. A socket
 * belongs to it when the test's own thread opened it, whoever uses it. Needs root.
 */
public final class OwnNetwork {
    private static final int CLONE_NEWNET = 0x4000_0000;

    private OwnNetwork() {}

    /** What a test does there. */
    @FunctionalInterface
    public interface Body {
        void run() throws Exception;
    }

    /** Runs {@code body} on a thread of its own, with which the network goes. */
    public static void with(Body body) throws Exception {
        assumeTrue(Files.isReadable(Path.of("/proc/1/environ")), "needs root");
        FutureTask<Void> test = new FutureTask<>(() -> {
            leave();
            shell("ip link set lo up");
            addWhatJavaLists();
            body.run();
            return null;
        });
        Thread.ofPlatform().name("own-network").start(test);
        try {
            test.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case Exception exception -> throw exception;
                case Error error -> throw error;
                case null, default -> throw e;
            }
        }
    }

    /** Java lists the interfaces that have an IPv6 address by the process's own network, and asks this one what they are. */
    private static void addWhatJavaLists() throws IOException, InterruptedException {
        List<String> names = Files.readAllLines(Path.of("/proc/net/if_inet6")).stream()
                .map(line -> line.substring(line.lastIndexOf(' ') + 1))
                .distinct()
                .toList();
        for (String name : names) {
            shell("ip link show dev " + name + " || ip link add " + name + " type veth");
        }
    }

    /** Runs a line of shell in the network of the calling thread. */
    public static void shell(String line) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder("sh", "-c", line).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("%s: %s", line, said).isZero();
    }

    private static void leave() {
        Linker linker = Linker.nativeLinker();
        MethodHandle unshare = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("unshare"),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
        int answer;
        try {
            answer = (int) unshare.invokeExact(CLONE_NEWNET);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
        assertThat(answer).as("unshare(CLONE_NEWNET)").isZero();
    }
}
