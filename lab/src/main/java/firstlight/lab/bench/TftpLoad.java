package firstlight.lab.bench;

import firstlight.model.Ipv4Address;
import firstlight.sockets.Poller;
import firstlight.sockets.SocketFailure;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * TFTP clients in a process of their own, which stays for all runs so that it is as warm for one side as for the other. Takes
 * one {@link Wish} a line on standard input and answers each with one {@link Result}.
 */
final class TftpLoad {
    /** How often clients look at their clocks, which tell seconds. */
    private static final long LOOK_NANOS = 100_000_000L;
    /** Sockets of all clients together: reading 200 apart would take more of the machine from the server than the server uses. */
    private static final int MOST_CARDS = 8;

    private TftpLoad() {}

    /**
     * What to fetch: {@code clients} at once, each the whole file.
     *
     * @param server its IPv4 address; client {@code i} has this address plus 1 plus {@code i}
     * @param file its name at the server, without blanks: it travels in a line
     */
    record Wish(String server, String file, int blockSize, int windowSize, int clients, Link link) {
        String line() {
            return String.join(
                    " ",
                    server,
                    file,
                    String.valueOf(blockSize),
                    String.valueOf(windowSize),
                    String.valueOf(clients),
                    String.valueOf(link.delayNanos()),
                    String.valueOf(link.loss()),
                    String.valueOf(link.seed()));
        }

        static Wish of(String line) {
            String[] words = line.split(" ", -1);
            return new Wish(
                    words[0],
                    words[1],
                    Integer.parseInt(words[2]),
                    Integer.parseInt(words[3]),
                    Integer.parseInt(words[4]),
                    new Link(Long.parseLong(words[5]), Double.parseDouble(words[6]), Long.parseLong(words[7])));
        }
    }

    /**
     * @param nanos until the last client had its file
     * @param retries how often a client waited a second in vain
     */
    record Result(long octets, long nanos, int retries, int failures) {
        String line() {
            return octets + " " + nanos + " " + retries + " " + failures;
        }

        static Result of(String line) {
            String[] words = line.split(" ", -1);
            return new Result(
                    Long.parseLong(words[0]),
                    Long.parseLong(words[1]),
                    Integer.parseInt(words[2]),
                    Integer.parseInt(words[3]));
        }
    }

    public static void main(String[] arguments) throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            System.out.println(fetch(Wish.of(line)).line());
        }
    }

    private static Result fetch(Wish wish) throws SocketFailure {
        List<Card> cards = new ArrayList<>();
        AtomicInteger open = new AtomicInteger(wish.clients());
        Ipv4Address server = Ipv4Address.parse(wish.server());
        try {
            for (int i = 0; i < wish.clients(); i++) {
                if (cards.size() < MOST_CARDS) {
                    cards.add(new Card(wish.link()));
                }
                Card card = cards.get(i % MOST_CARDS);
                card.add(new Download(
                        card,
                        server,
                        server.value() + 1 + i,
                        wish.file(),
                        wish.blockSize(),
                        wish.windowSize(),
                        open::decrementAndGet));
            }
            try (Poller poller = new Poller(cards.stream().map(Card::socket).toList())) {
                return fetch(cards, poller, open);
            }
        } finally {
            cards.forEach(Card::close);
        }
    }

    private static Result fetch(List<Card> cards, Poller poller, AtomicInteger open) throws SocketFailure {
        long start = System.nanoTime();
        for (Card card : cards) {
            card.downloads().forEach(download -> download.begin(start));
            card.flush();
        }
        long lookAt = start + LOOK_NANOS;
        while (open.get() > 0) {
            long until = lookAt;
            for (Card card : cards) {
                until = Math.min(until, card.dueAt());
            }
            // One client is a firmware, which looks at its network card all the time and never sleeps; in a virtual
            // machine waking up takes longer than a window does.
            poller.awaitNanos(cards.size() == 1 ? 0 : Math.max(0, until - System.nanoTime()));
            long now = System.nanoTime();
            for (int i = 0; i < cards.size(); i++) {
                if (poller.isReady(i)) {
                    cards.get(i).receive(now);
                }
                cards.get(i).deliver(now);
            }
            if (now - lookAt >= 0) {
                lookAt = now + LOOK_NANOS;
                cards.forEach(card -> card.look(now));
            }
        }
        List<Download> all =
                cards.stream().flatMap(card -> card.downloads().stream()).toList();
        return new Result(
                all.stream().mapToLong(Download::octets).sum(),
                System.nanoTime() - start,
                all.stream().mapToInt(Download::retries).sum(),
                (int) all.stream().filter(Download::isFailed).count());
    }
}
