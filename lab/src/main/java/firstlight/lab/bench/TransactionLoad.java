package firstlight.lab.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The clients of {@link TransactionBench}, in a process of their own. A line on standard input is a wish, and each is answered
 * with a line of numbers.
 */
final class TransactionLoad {
    private TransactionLoad() {}

    public static void main(String[] arguments) throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String[] words = line.split(" ", -1);
            int devices = Integer.parseInt(words[2]);
            switch (words[0]) {
                // questions SERVER DEVICES CONNECTIONS
                case "questions" -> System.out.println(questions(words[1], devices, Integer.parseInt(words[3])));
                // storm SERVER DEVICES CLIENT SECONDS SEED
                case "storm" -> {
                    try (StormLoad storm = new StormLoad(words[1], words[3], devices)) {
                        var result = storm.run(Integer.parseInt(words[4]), Long.parseLong(words[5]));
                        System.out.println(result.offerP50() + " " + result.offerP99() + " " + result.scriptP50() + " "
                                + result.scriptP99() + " " + result.failures());
                    }
                }
                default -> throw new IllegalArgumentException(line);
            }
        }
    }

    /** Each connection asks for one device after the other, until all have asked. Answers: rate a second, p50 and p99 in ms, failures. */
    private static String questions(String server, int devices, int connections) {
        Delays delays = new Delays(devices);
        AtomicInteger next = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        long start = System.nanoTime();
        for (int i = 0; i < connections; i++) {
            threads.add(Thread.ofPlatform().start(() -> ask(server, next, devices, delays)));
        }
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        int answered = delays.answered();
        return answered / seconds + " " + delays.within(0.5) + " " + delays.within(0.99) + " " + (devices - answered);
    }

    private static void ask(String server, AtomicInteger next, int devices, Delays delays) {
        try (PrebootQuestion connection = new PrebootQuestion(server)) {
            for (int i = next.getAndIncrement(); i < devices; i = next.getAndIncrement()) {
                long asked = System.nanoTime();
                if (connection.ask(i)) {
                    delays.set(i, System.nanoTime() - asked);
                }
            }
        } catch (IOException e) {
            System.err.println("a connection ended: " + e.getMessage()); // its question counts as a failure
        }
    }
}
