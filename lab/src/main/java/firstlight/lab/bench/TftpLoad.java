package firstlight.lab.bench;

import firstlight.model.Ipv4Address;
import firstlight.netboot.udp.Inbox;
import firstlight.netboot.udp.Poller;
import firstlight.netboot.udp.SocketFailure;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/**
 * TFTP clients in a process of their own, which stays for all runs so that it is as warm for one side as for the other. Takes
 * one {@link Wish} a line on standard input and answers each with one {@link Result}.
 */
final class TftpLoad {
    private static final long LOOK_NANOS = 100_000_000L;
    private static final int BATCH = 64;
    private static final int LONGEST_PACKET = 2048;

    private final Inbox inbox = new Inbox(BATCH, LONGEST_PACKET);

    private TftpLoad() {}

    /** What to fetch: {@code clients} at once, each the whole file. */
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
        TftpLoad load = new TftpLoad();
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            System.out.println(load.fetch(Wish.of(line)).line());
        }
    }

    private record Delayed(int client, ByteBuffer payload, int port, long dueAt) {}

    private Result fetch(Wish wish) throws SocketFailure {
        List<Download> downloads = new ArrayList<>();
        try {
            for (int i = 0; i < wish.clients(); i++) {
                downloads.add(new Download(
                        Ipv4Address.parse(wish.server()), wish.file(), wish.blockSize(), wish.windowSize()));
            }
            try (Poller poller =
                    new Poller(downloads.stream().map(Download::socket).toList())) {
                return fetch(downloads, poller, wish.link());
            }
        } finally {
            downloads.forEach(Download::close);
        }
    }

    private Result fetch(List<Download> downloads, Poller poller, Link link) throws SocketFailure {
        Random dice = new Random(link.seed());
        Deque<Delayed> onTheWay = new ArrayDeque<>();
        long start = System.nanoTime();
        downloads.forEach(download -> download.begin(start));
        int open = downloads.size();
        long lookAt = start + LOOK_NANOS;
        while (open > 0) {
            long now = System.nanoTime();
            long until = onTheWay.isEmpty()
                    ? lookAt
                    : Math.min(lookAt, onTheWay.getFirst().dueAt());
            poller.awaitNanos(Math.max(0, until - now));
            now = System.nanoTime();
            for (int i = 0; i < downloads.size(); i++) {
                if (poller.isReady(i)) {
                    open -= receive(downloads.get(i), i, link, dice, onTheWay, now);
                }
            }
            while (!onTheWay.isEmpty() && onTheWay.getFirst().dueAt() - now <= 0) {
                Delayed arrived = onTheWay.removeFirst();
                open -= arrived(downloads.get(arrived.client()), arrived.payload(), arrived.port(), now);
            }
            if (now - lookAt >= 0) {
                lookAt = now + LOOK_NANOS;
                for (Download download : downloads) {
                    boolean before = download.isDone();
                    download.look(now);
                    open -= !before && download.isDone() ? 1 : 0;
                }
            }
        }
        return new Result(
                downloads.stream().mapToLong(Download::octets).sum(),
                System.nanoTime() - start,
                downloads.stream().mapToInt(Download::retries).sum(),
                (int) downloads.stream().filter(Download::isFailed).count());
    }

    /** Answers 1 when this ended the download, else 0. */
    private int receive(Download download, int client, Link link, Random dice, Deque<Delayed> onTheWay, long now)
            throws SocketFailure {
        int ended = 0;
        int count = inbox.receive(download.socket());
        for (int j = 0; j < count; j++) {
            ByteBuffer payload = inbox.payload(j);
            if (link.isClean()) {
                ended += arrived(download, payload, inbox.sourcePort(j), now);
            } else if (dice.nextDouble() >= link.loss()) {
                byte[] octets = new byte[payload.remaining()];
                payload.get(octets);
                onTheWay.addLast(
                        new Delayed(client, ByteBuffer.wrap(octets), inbox.sourcePort(j), now + link.delayNanos()));
            }
        }
        return ended;
    }

    private static int arrived(Download download, ByteBuffer payload, int port, long now) {
        boolean before = download.isDone();
        download.received(payload, port, now);
        return !before && download.isDone() ? 1 : 0;
    }
}
