package firstlight.lab.bench;

import java.util.ArrayList;
import java.util.List;

/**
 * Keeps a server and the program that asks it on processors of their own, as on a LAN. The kernel wakes up who waits for a packet on the
 * processor of who sent it (a synchronous wake-up), where the sender goes on sending: a server that rests between packets then waits for the
 * sender's time slice to end, milliseconds each time, while the other processor idles. One that is too slow to rest is spared that.
 */
final class Apart {
    private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

    private Apart() {}

    /** {@code command}, on the first processor alone. taskset(1) replaces itself with it. */
    static List<String> client(List<String> command) {
        return on("0", command);
    }

    /** {@code command}, on all the others. */
    static List<String> server(List<String> command) {
        return on("1-" + (PROCESSORS - 1), command);
    }

    private static List<String> on(String processors, List<String> command) {
        if (PROCESSORS < 2) {
            return command;
        }
        List<String> whole = new ArrayList<>(List.of("taskset", "-c", processors));
        whole.addAll(command);
        return whole;
    }
}
