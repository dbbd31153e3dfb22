package firstlight.lab.bench;

import java.util.ArrayList;
import java.util.List;

/**
 * A machine with one server on it: a network namespace with a link of its own to the clients' namespace, so that several
 * servers may use the same port.
 *
 * @param address the server's
 * @param client the address at the other end of its link
 * @param clientDevice the interface there
 */
record Host(String namespace, String address, String client, String clientDevice) {
    /** {@code command}, run inside the namespace. ip(8) replaces itself with it: the process is the program's own. */
    static List<String> inside(String namespace, List<String> command) {
        List<String> whole = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
        whole.addAll(command);
        return whole;
    }
}
