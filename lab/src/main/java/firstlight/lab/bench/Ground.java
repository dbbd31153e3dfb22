package firstlight.lab.bench;

import firstlight.lab.Programs;
import firstlight.server.operator.OperatorError;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What one benchmark has made on this machine: network namespaces, processes and a folder in memory. All of it is gone when
 * the benchmark ends in whatever orderly way.
 *
 * <pre>
 *   ID-c  10.77.N.2   the clients
 *   ID-N  10.77.N.1   server N, at the other end of a veth pair
 * </pre>
 */
final class Ground implements AutoCloseable {
    private static final String CLIENTS = "c";

    /** The namespaces' and the folder's name: of its own for each run, so that two benchmarks do not meet. */
    private final String id = "flb"
            + HexFormat.of().toHexDigits((short) ThreadLocalRandom.current().nextInt());

    private final Path folder = Path.of("/dev/shm", id);
    private final Thread onExit = new Thread(this::sweep, "bench-cleanup");
    private final List<String> namespaces = new ArrayList<>();
    private final Deque<Process> processes = new ArrayDeque<>();
    /** Hosts and LANs made so far: the next one's number is the third part of its addresses. */
    private int hosts;

    private Ground() {}

    static Ground prepare() {
        Ground ground = new Ground();
        Runtime.getRuntime().addShutdownHook(ground.onExit);
        try {
            Files.createDirectory(ground.folder);
            ground.namespace(CLIENTS);
            return ground;
        } catch (IOException e) {
            ground.close();
            throw new OperatorError("cannot write to /dev/shm", "the benchmarks keep their files in memory", e);
        } catch (OperatorError e) {
            ground.close();
            throw e;
        }
    }

    /** A folder in memory. */
    Path folder() {
        return folder;
    }

    /** One more server's machine, with a link of its own to the clients. */
    synchronized Host host() {
        int number = ++hosts;
        Host host = new Host(
                namespace(String.valueOf(number)), "10.77." + number + ".1", "10.77." + number + ".2", "v" + number);
        ip(clients(), "link add v" + number + " type veth peer name eth0 netns " + host.namespace());
        ip(clients(), "addr add " + host.client() + "/24 dev v" + number);
        ip(clients(), "link set v" + number + " up");
        ip(host.namespace(), "addr add " + host.address() + "/24 dev eth0");
        ip(host.namespace(), "link set eth0 up");
        return host;
    }

    /** A LAN of its own: a bridge with {@code members} machines and one more, the first, each in a namespace of its own. */
    synchronized List<Host> lan(int members) {
        String bridge = namespace("lan" + ++hosts);
        ip(bridge, "link add br0 type bridge stp_state 0 forward_delay 0 mcast_snooping 0");
        ip(bridge, "link set br0 up");
        List<Host> machines = new ArrayList<>();
        for (int i = 1; i <= members + 1; i++) {
            Host machine = new Host(namespace(hosts + "-" + i), "10.77." + hosts + "." + i, "", "eth0");
            ip(bridge, "link add p" + i + " type veth peer name eth0 netns " + machine.namespace());
            ip(bridge, "link set p" + i + " master br0 up");
            // udpcast asks for the broadcast address; 0.0.0.0, what is there without "brd", it does not get on with
            ip(machine.namespace(), "addr add " + machine.address() + "/24 brd + dev eth0");
            // a wire takes packets one by one: what the kernel cuts later than at the NIC would reach members uncut
            ip(machine.namespace(), "link set eth0 gso_max_segs 1 up");
            ip(machine.namespace(), "route add default dev eth0");
            machines.add(machine);
        }
        return machines;
    }

    /** Gives the clients {@code count} addresses on the link to {@code host}: its own plus one, plus two... */
    void addresses(Host host, int count) {
        String words = IntStream.rangeClosed(2, count)
                .mapToObj(i -> "addr add " + host.client().replaceAll("[0-9]+$", String.valueOf(i + 1)) + "/24 dev "
                        + host.clientDevice() + "\n")
                .collect(Collectors.joining());
        try {
            Path batch = Files.writeString(folder.resolve("addresses"), words);
            Programs.run(List.of("ip", "-n", clients(), "-batch", batch.toString()));
        } catch (IOException e) {
            throw new OperatorError("cannot write to " + folder, "is there memory left?", e);
        }
    }

    private String namespace(String name) {
        String whole = id + "-" + name;
        namespaces.add(whole);
        Programs.run(List.of("ip", "netns", "add", whole));
        ip(whole, "link set lo up");
        return whole;
    }

    private static void ip(String namespace, String words) {
        List<String> command = new ArrayList<>(List.of("ip", "-n", namespace));
        command.addAll(List.of(words.split(" ", -1)));
        Programs.run(command);
    }

    /** The clients' namespace. */
    String clients() {
        return id + "-" + CLIENTS;
    }

    /**
     * Starts a program that lives as long as the benchmark. What it has to say about itself goes to {@code log} in the folder.
     *
     * @param output where its standard output goes; a pipe must be read, or the program stops when it is full
     */
    synchronized Process start(String namespace, String log, Redirect output, List<String> command) {
        try {
            Process process = new ProcessBuilder(Host.inside(namespace, command))
                    .redirectError(folder.resolve(log).toFile())
                    .redirectOutput(output)
                    .start();
            processes.push(process);
            return process;
        } catch (IOException e) {
            throw new OperatorError("cannot run " + command.getFirst(), String.valueOf(e.getMessage()), e);
        }
    }

    /**
     * A file of {@code octets} octets in {@code folder}/files: a random MiB again and again, the same in each run. Nobody here
     * compresses or looks for repetitions.
     */
    Path file(String name, long octets) {
        Path file = folder.resolve("files").resolve(name);
        byte[] piece = new byte[1 << 20];
        new Random(octets).nextBytes(piece);
        try {
            Files.createDirectories(file.getParent());
            try (OutputStream out = Files.newOutputStream(file)) {
                for (long left = octets; left > 0; left -= piece.length) {
                    out.write(piece, 0, (int) Math.min(left, piece.length));
                }
            }
            return file;
        } catch (IOException e) {
            throw new OperatorError("cannot write " + file, "is there enough memory for it?", e);
        }
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(onExit);
        sweep();
    }

    /** Ends programs and what they started in their turn, within seconds also what does not heed the first word (udp-sender). */
    static void end(List<Process> programs) {
        List<ProcessHandle> all = programs.stream()
                .flatMap(program -> Stream.concat(program.descendants(), Stream.of(program.toHandle())))
                .toList();
        all.forEach(ProcessHandle::destroy);
        try {
            CompletableFuture.allOf(all.stream().map(ProcessHandle::onExit).toArray(CompletableFuture<?>[]::new))
                    .get(3, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            all.forEach(ProcessHandle::destroyForcibly);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            all.forEach(ProcessHandle::destroyForcibly);
        } catch (ExecutionException e) {
            throw new IllegalStateException("an exit that is waited for cannot fail", e);
        }
    }

    /** Programs first: a namespace lives on, without its name, for as long as one runs in it. */
    private synchronized void sweep() {
        end(List.copyOf(processes));
        processes.clear();
        namespaces.forEach(name -> Programs.attempt(List.of("ip", "netns", "del", name)));
        namespaces.clear();
        if (Files.isDirectory(folder)) {
            try (Stream<Path> all = Files.walk(folder)) {
                for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(path);
                }
            } catch (IOException e) {
                System.err.println("firstlight: " + folder + " could not be removed: " + e.getMessage());
            }
        }
    }
}
