package firstlight.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class InterfacesTest {
    @Test
    void anInterfaceThatIsNotThereHasNoIndex() throws Exception {
        assertThat(Interfaces.index("lo")).isPositive();
        assertThat(Interfaces.index("no-such-card")).isZero();
        assertThat(Interfaces.index("a-name-that-is-far-too-long-for-one")).isZero();
    }

    /** The C library opens a socket to ask, and its 0 says the same of both. */
    @Test
    void oneThatCannotBeAskedForIsNotTakenForOneThatIsGone() throws Exception {
        Process process = new ProcessBuilder(
                        "sh",
                        "-c",
                        "ulimit -n 200 && exec \"$@\"",
                        "sh",
                        ProcessHandle.current().info().command().orElseThrow(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        WithoutDescriptors.class.getName())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(said).contains("cannot look for the network interface lo, as without a descriptor");
    }

    /** In a process of its own, for nothing else goes on in one that has no descriptor left. */
    static final class WithoutDescriptors {
        private WithoutDescriptors() {}

        public static void main(String[] none) throws IOException {
            int _ = Interfaces.index("lo"); // no class can be loaded later
            String said = SocketFailure.of("warm up", Errno.EMFILE).getMessage();
            List<FileInputStream> all = new ArrayList<>();
            boolean full = false;
            while (!full) {
                try {
                    all.add(new FileInputStream("/dev/null"));
                } catch (IOException e) {
                    full = true;
                }
            }
            try {
                said = "index " + Interfaces.index("lo");
            } catch (SocketFailure e) {
                said = String.valueOf(e.getMessage());
            }
            for (FileInputStream each : all) {
                each.close();
            }
            System.out.println(said);
        }
    }
}
