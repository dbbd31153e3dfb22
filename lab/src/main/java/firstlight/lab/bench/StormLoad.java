package firstlight.lab.bench;

import firstlight.model.Bytes;
import firstlight.model.Ipv4Address;
import firstlight.model.MacAddress;
import firstlight.wire.dhcp.DhcpCodec;
import firstlight.wire.dhcp.DhcpOption.ClassIdentifier;
import firstlight.wire.dhcp.DhcpOption.ClientArchitectures;
import firstlight.wire.dhcp.DhcpOption.ClientMachineIdentifier;
import firstlight.wire.dhcp.DhcpOption.MessageType;
import firstlight.wire.dhcp.DhcpPacket;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;

/**
 * PCs that are switched on within some seconds, at random: each sends a DISCOVER and, when it has its OFFER, opens a connection
 * and asks {@code /preboot}. Nothing is repeated: what firmware would mend by asking again is a failure here. As perfdhcp does, it
 * speaks as a relay, so that the answers come to one address.
 */
final class StormLoad implements AutoCloseable {
    /** Servers answer a relay at this port, at its address (RFC 2131 section 4.1). */
    private static final int PORT = 67;
    /** After the last DISCOVER; as long as firmware waits before it repeats one. */
    private static final long PATIENCE_NANOS = 4_000_000_000L;
    /** Where xid stands, behind op, htype, hlen and hops (RFC 2131 section 2). Here it is the device's number plus one. */
    private static final int TRANSACTION_ID = 4;

    /** x64 UEFI among IANA's processor architecture types (option 93, RFC 4578 section 2.1). */
    private static final int X64 = 7;

    private final String server;
    private final Ipv4Address client;
    private final DatagramSocket socket;
    /** When each device sent its DISCOVER, System.nanoTime: set before the packet goes, read when its answer has come. */
    private final long[] askedAt;

    private final Delays offers;
    private final Delays scripts;

    StormLoad(String server, String client, int devices) throws IOException {
        this.server = server;
        this.client = Ipv4Address.parse(client);
        this.socket = new DatagramSocket(new InetSocketAddress(client, PORT));
        socket.setReceiveBufferSize(1 << 22);
        this.askedAt = new long[devices];
        this.offers = new Delays(devices);
        this.scripts = new Delays(devices);
    }

    /** @param failures devices that did not get both answers within four seconds each */
    record Result(double offerP50, double offerP99, double scriptP50, double scriptP99, int failures) {}

    /**
     * @param seconds within which all are switched on
     * @param seed of the times: the same storm for the same seed
     */
    Result run(int seconds, long seed) throws IOException {
        long[] times = new Random(seed)
                .longs(askedAt.length, 0, seconds * 1_000_000_000L)
                .sorted()
                .toArray();
        try (ExecutorService questions = Executors.newVirtualThreadPerTaskExecutor()) {
            Thread receiver = Thread.ofPlatform().start(() -> receive(questions));
            long start = System.nanoTime();
            for (int i = 0; i < askedAt.length; i++) {
                long left;
                while ((left = start + times[i] - System.nanoTime()) > 0) {
                    LockSupport.parkNanos(left);
                }
                byte[] discover = discover(i);
                askedAt[i] = System.nanoTime();
                socket.send(new DatagramPacket(discover, discover.length, new InetSocketAddress(server, PORT)));
            }
            long deadline = System.nanoTime() + PATIENCE_NANOS;
            while (offers.answered() < askedAt.length && System.nanoTime() < deadline) {
                LockSupport.parkNanos(20_000_000);
            }
            socket.close(); // ends the receiver; the questions under way end by themselves
            receiver.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
        return new Result(
                offers.within(0.5),
                offers.within(0.99),
                scripts.within(0.5),
                scripts.within(0.99),
                askedAt.length - scripts.answered());
    }

    private void receive(ExecutorService questions) {
        DatagramPacket packet = new DatagramPacket(new byte[2048], 2048);
        try {
            while (true) {
                socket.receive(packet);
                long now = System.nanoTime();
                int i = ByteBuffer.wrap(packet.getData()).getInt(TRANSACTION_ID) - 1;
                if (i >= 0 && i < askedAt.length && packet.getData()[0] == DhcpPacket.BOOTREPLY) {
                    offers.set(i, now - askedAt[i]);
                    questions.execute(() -> ask(i));
                }
            }
        } catch (IOException closed) {
            // The storm is over.
        }
    }

    private void ask(int i) {
        long start = System.nanoTime();
        try (PrebootQuestion question = new PrebootQuestion(server)) {
            if (question.ask(i)) {
                scripts.set(i, System.nanoTime() - start);
            }
        } catch (IOException e) {
            System.err.println("device " + i + ": " + e.getMessage()); // it counts as a failure
        }
    }

    private byte[] discover(int i) {
        String uuid = RuledDevices.uuid(i).toString().replace("-", "");
        // As firmware writes it: the first three parts little-endian.
        String wire = reversed(uuid.substring(0, 8))
                + reversed(uuid.substring(8, 12))
                + reversed(uuid.substring(12, 16))
                + uuid.substring(16);
        return DhcpCodec.encode(new DhcpPacket(
                DhcpPacket.BOOTREQUEST,
                1,
                6,
                1,
                i + 1,
                0,
                0,
                Ipv4Address.ANY,
                Ipv4Address.ANY,
                Ipv4Address.ANY,
                client,
                Bytes.ofHex(MacAddress.parse(KnownDevices.mac(i)).octets().toHex() + "00".repeat(10)),
                "",
                "",
                List.of(
                        new MessageType(MessageType.DISCOVER),
                        new ClassIdentifier("PXEClient:Arch:00007:UNDI:003000"),
                        new ClientArchitectures(List.of(X64)),
                        new ClientMachineIdentifier(0, Bytes.ofHex(wire)))));
    }

    private static String reversed(String hex) {
        StringBuilder reversed = new StringBuilder();
        for (int i = hex.length() - 2; i >= 0; i -= 2) {
            reversed.append(hex, i, i + 2);
        }
        return reversed.toString();
    }

    @Override
    public void close() {
        socket.close();
    }
}
