package firstlight.netboot.tftp;

import firstlight.model.Ipv4Address;
import firstlight.netboot.files.Requester;
import firstlight.netboot.files.Requester.Door;
import firstlight.netboot.tftp.Requests.Opened;
import firstlight.netboot.tftp.Transfer.Request;
import firstlight.sockets.Inbox;
import firstlight.sockets.Poller;
import firstlight.sockets.ShortSlices;
import firstlight.sockets.SocketFailure;
import firstlight.sockets.UdpSocket;
import firstlight.wire.DecodeException;
import firstlight.wire.tftp.TftpCodec;
import firstlight.wire.tftp.TftpError;
import firstlight.wire.tftp.TftpPacket;
import firstlight.wire.tftp.TftpPacket.Ack;
import firstlight.wire.tftp.TftpPacket.Data;
import firstlight.wire.tftp.TftpPacket.ErrorPacket;
import firstlight.wire.tftp.TftpPacket.OptionAck;
import firstlight.wire.tftp.TftpPacket.ReadRequest;
import firstlight.wire.tftp.TftpPacket.WriteRequest;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread for all transfers: waits on the sockets, feeds the engine, performs its effects. Files are found and opened by
 * other threads, which hand them over through a queue. The first socket takes requests; transfers are spread over the
 * others, so that a client that uses its port again finds another transfer identifier at our side.
 */
final class TransferLoop implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(TransferLoop.class);
    private static final int LISTENING = 0;
    /** Datagrams that one call takes; a request is no longer than {@link #LONGEST_PACKET} octets, or is cut and malformed. */
    private static final int BATCH = 64;

    private static final int LONGEST_PACKET = 1500;
    /** Opcode (RFC 1350 section 5). */
    private static final int ACK = 4;
    /** Nanoseconds, as all times here; so soon is a stop seen that woke up nobody. */
    private static final long LONGEST_SLEEP = 1_000_000_000L;
    /** Then the other clients are looked at. */
    private static final int TURNS_AT_MOST = 16;

    private final List<UdpSocket> sockets;
    private final Poller poller;
    private final Requests requests;
    private final Executor opener;
    private final Consumer<TransferReport> reports;
    private final int mostTransfers;

    private final Inbox inbox = new Inbox(BATCH, LONGEST_PACKET);
    private final Sender sender = new Sender();
    private final Queue<Opened> opened = new ConcurrentLinkedQueue<>();
    /** By the client's address and port ({@link Transfer#clientKey}): one at a time each. */
    private final Map<Long, Transfer> transfers = new HashMap<>();
    /** Clients whose file is being found: a request that they repeat meanwhile opens nothing. */
    private final Set<Long> opening = ConcurrentHashMap.newKeySet();

    private final PriorityQueue<Wake> wakes = new PriorityQueue<>();
    private final List<Transfer> finished = new ArrayList<>();
    private final Malformed malformed = new Malformed();
    private final Lingering lingering = new Lingering();
    /** The one that got the last transfer, from 1 on. */
    private int nextSocket;

    /** How long the client that was served last takes to answer, in nanoseconds; 0 when that is not known. */
    private long usualAnswer;

    private volatile boolean stopping;

    /** A look at {@code transfer} that is due at {@code at}; out of date when the transfer has another {@code wakeAt}. */
    private record Wake(long at, Transfer transfer) implements Comparable<Wake> {
        @Override
        public int compareTo(Wake other) {
            return Long.signum(at - other.at);
        }
    }

    TransferLoop(
            List<UdpSocket> sockets,
            Poller poller,
            Requests requests,
            Executor opener,
            Consumer<TransferReport> reports,
            int mostTransfers) {
        this.sockets = sockets;
        this.poller = poller;
        this.requests = requests;
        this.opener = opener;
        this.reports = reports;
        this.mostTransfers = mostTransfers;
    }

    /** From any thread. */
    void stop() {
        stopping = true;
        poller.wakeup();
    }

    @Override
    public void run() {
        boolean _ = ShortSlices.take();
        try {
            while (!stopping) {
                Wake next = wakes.peek();
                long wait = next == null ? LONGEST_SLEEP : next.at() - System.nanoTime();
                poller.awaitNanos(Math.clamp(wait, 0, LONGEST_SLEEP));
                try {
                    turn(System.nanoTime());
                } catch (RuntimeException | OutOfMemoryError e) {
                    LOG.error("TFTP: a bug, or no memory; the packet that showed it is lost", e);
                }
            }
        } catch (SocketFailure e) {
            LOG.error("TFTP stops: {}", e.getMessage());
        }
        transfers.values().stream()
                .toList()
                .forEach(transfer -> finish(transfer, new Outcome.Failed("the server stops"), System.nanoTime()));
        releaseFinished();
    }

    private void turn(long now) throws SocketFailure {
        for (Opened each = opened.poll(); each != null; each = opened.poll()) {
            begin(each, now);
        }
        int busy = 0;
        int last = 0;
        for (int i = 0; i < sockets.size(); i++) {
            if (poller.isReady(i)) {
                serve(i, now);
                busy++;
                last = i;
            }
        }
        if (busy == 1 && last != LISTENING) {
            linger(last);
        }
        wake(now);
        for (Transfer transfer : sender.takeCut()) {
            apply(
                    transfer,
                    new ReadTransfer.Step(
                            new ReadTransfer.Ended(new Outcome.Failed("the file was cut while it was sent")),
                            List.of(new Effect.SendError(TftpError.NOT_DEFINED, "the file changed"))),
                    now);
            sender.flush(sockets.get(transfer.socket));
        }
        releaseFinished();
    }

    private boolean serve(int socket, long now) throws SocketFailure {
        int count = inbox.receive(sockets.get(socket));
        for (int j = 0; j < count; j++) {
            received(socket, j, now);
        }
        sender.flush(sockets.get(socket));
        return count > 0;
    }

    /** A single client acknowledges sooner than a sleep and its end would last: look again where it asked. */
    private void linger(int socket) throws SocketFailure {
        for (int turns = 1; lingering.isWorthwhile() && !(turns % TURNS_AT_MOST == 0 && othersWait(socket)); turns++) {
            long start = System.nanoTime();
            long moment = Lingering.moment(usualAnswer);
            long now = start;
            boolean came = serve(socket, now);
            while (!came && now - start < moment) {
                Thread.onSpinWait();
                now = System.nanoTime();
                came = serve(socket, now);
            }
            lingering.ended(came);
            if (!came) {
                return;
            }
        }
    }

    private boolean othersWait(int socket) throws SocketFailure {
        poller.awaitNanos(0);
        Wake next = wakes.peek();
        boolean due = stopping || !opened.isEmpty() || (next != null && next.at() - System.nanoTime() <= 0);
        for (int i = 0; i < sockets.size() && !due; i++) {
            due = i != socket && poller.isReady(i);
        }
        return due;
    }

    private void received(int socket, int j, long now) {
        ByteBuffer payload = inbox.payload(j);
        int address = inbox.sourceAddress(j);
        int port = inbox.sourcePort(j);
        if (socket != LISTENING && payload.remaining() >= 4 && payload.getShort(0) == ACK) {
            // Nearly all that ever comes: without the detour over a packet.
            input(socket, j, new Input.Ack(payload.getShort(2) & 0xFFFF), now);
            return;
        }
        byte[] octets = new byte[payload.remaining()];
        payload.get(octets);
        TftpPacket packet;
        try {
            packet = TftpCodec.decode(octets);
        } catch (DecodeException e) {
            malformed.dropped(e, address);
            if (TftpCodec.isRequest(octets) && inbox.destination(j) == inbox.localAddress(j)) {
                // Silence would cost the client minutes, and tell nobody why.
                refuse(socket, j, TftpError.ILLEGAL_OPERATION, "malformed request: " + e.rule());
            }
            return;
        }
        switch (packet) {
            case ReadRequest request when socket == LISTENING -> requested(request, j, now);
            case WriteRequest _ -> refuse(socket, j, TftpError.ACCESS_VIOLATION, "this server is read only");
            case ErrorPacket(int code, String text) -> {
                // Never answered, or two servers might answer each other's errors for ever.
                Transfer transfer = transfers.get(Transfer.clientKey(address, port));
                if (transfer != null && transfer.socket == socket) {
                    step(transfer, new Input.ErrorPacket(code, text), now);
                }
            }
            case ReadRequest _, Data _, Ack _, OptionAck _ ->
                refuse(socket, j, TftpError.ILLEGAL_OPERATION, "not what this port is for");
        }
    }

    private void refuse(int socket, int j, TftpError code, String text) {
        sender.send(
                sockets.get(socket),
                ErrorPacket.of(code, text),
                inbox.sourceAddress(j),
                inbox.sourcePort(j),
                inbox.localAddress(j));
    }

    private void input(int socket, int j, Input input, long now) {
        Transfer transfer = transfers.get(Transfer.clientKey(inbox.sourceAddress(j), inbox.sourcePort(j)));
        if (transfer == null || transfer.socket != socket) {
            refuse(socket, j, TftpError.UNKNOWN_TRANSFER_ID, "unknown transfer");
        } else {
            step(transfer, input, now);
        }
    }

    private void requested(ReadRequest packet, int j, long now) {
        if (inbox.destination(j) != inbox.localAddress(j)) {
            return; // RFC 1123 4.2.3.5: requests to a broadcast address are not for servers
        }
        Requester requester = new Requester(
                new Ipv4Address(inbox.sourceAddress(j)), new Ipv4Address(inbox.localAddress(j)), Door.TFTP);
        Request request = new Request(requester, inbox.sourcePort(j), inbox.interfaceIndex(j), packet);
        Transfer running = transfers.get(request.client());
        if (running != null && running.request.equals(request) && ReadTransfer.isRepeatedRequest(running.state, now)) {
            step(running, new Input.RequestAgain(), now);
            sender.flush(sockets.get(running.socket));
            return;
        }
        if (transfers.size() + opening.size() >= mostTransfers) {
            // No ERROR, as with Finding.Busy: pxelinux takes any for "no such file". Silence makes each client ask
            // again.
            denied(request, "too many transfers at once; not answered, so that it asks again");
            return;
        }
        if (running != null) {
            finish(running, new Outcome.Failed("the client asked anew"), now);
        }
        Long client = request.client();
        if (opening.add(client)) {
            try {
                opener.execute(() -> open(request, client));
            } catch (RuntimeException | Error e) {
                opening.remove(client); // or firmware that always uses one port would not be heard again
                throw e;
            }
        }
    }

    /** On a thread of its own. */
    private void open(Request request, Long client) {
        try {
            opened.add(requests.open(request));
        } catch (RuntimeException | Error e) {
            opening.remove(client);
            throw e;
        }
        poller.wakeup();
    }

    private void begin(Opened result, long now) {
        opening.remove(result.request().client());
        switch (result) {
            case Opened.Denied(Request request, ErrorPacket error) -> {
                UdpSocket socket = sockets.get(LISTENING);
                Requester requester = request.requester();
                sender.send(
                        socket,
                        error,
                        requester.client().value(),
                        request.clientPort(),
                        requester.server().value());
                sender.flush(socket);
                denied(request, error.text());
            }
            case Opened.Unanswered(Request request, String why) -> denied(request, why);
            case Opened.Ready(Request request, Terms terms, Content content) -> {
                nextSocket = nextSocket % (sockets.size() - 1) + 1;
                ReadTransfer.Step first = ReadTransfer.begin(terms, content.size(), now);
                Transfer transfer = new Transfer(request, terms, content, nextSocket, now, first.state());
                transfer.wakeAt = Long.MAX_VALUE;
                transfers.put(request.client(), transfer);
                apply(transfer, first, now);
                sender.flush(sockets.get(nextSocket));
            }
        }
    }

    private void denied(Request request, String why) {
        reports.accept(new TransferReport(
                request.requester(), request.name(), new Outcome.Denied(why), 0, Terms.NONE, Duration.ZERO, 0));
    }

    private void wake(long now) {
        for (Wake next = wakes.peek(); next != null && next.at() - now <= 0; next = wakes.peek()) {
            wakes.poll();
            Transfer transfer = next.transfer();
            if (transfer.wakeAt == next.at()) {
                transfer.wakeAt = Long.MAX_VALUE;
                step(transfer, new Input.Tick(), now);
                sender.flush(sockets.get(transfer.socket));
            }
        }
    }

    private void step(Transfer transfer, Input input, long now) {
        apply(transfer, ReadTransfer.on(transfer.state, input, now), now);
        usualAnswer = ReadTransfer.usualAnswer(transfer.state);
    }

    private void apply(Transfer transfer, ReadTransfer.Step step, long now) {
        if (ReadTransfer.isRepeat(transfer.state, step.state())) {
            transfer.repeats++;
        }
        transfer.state = step.state();
        for (Effect effect : step.effects()) {
            sender.perform(sockets.get(transfer.socket), transfer, effect);
        }
        switch (step.state()) {
            case ReadTransfer.Ended(Outcome outcome) -> finish(transfer, outcome, now);
            case ReadTransfer.Offering _, ReadTransfer.Sending _ -> {
                // Deadlines mostly move away with each ACK: then the
                // look that is due earlier finds nothing and moves on.
                long deadline = ReadTransfer.deadline(step.state());
                if (transfer.wakeAt == Long.MAX_VALUE || deadline - transfer.wakeAt < 0) {
                    wakes.add(new Wake(deadline, transfer));
                    transfer.wakeAt = deadline;
                }
            }
        }
    }

    private void finish(Transfer transfer, Outcome outcome, long now) {
        if (transfers.remove(transfer.request.client(), transfer)) {
            transfer.state = new ReadTransfer.Ended(outcome);
            transfer.wakeAt = Long.MAX_VALUE;
            finished.add(transfer);
            reports.accept(new TransferReport(
                    transfer.request.requester(),
                    transfer.request.name(),
                    transfer.told(outcome),
                    transfer.content.size(),
                    transfer.terms,
                    Duration.ofNanos(now - transfer.startedAt),
                    transfer.repeats));
        }
    }

    /** Only after everything was flushed: what waits to be sent points into the contents. */
    private void releaseFinished() {
        if (!finished.isEmpty()) {
            finished.forEach(transfer -> requests.contents().release(transfer.content));
            finished.clear();
        }
    }
}
