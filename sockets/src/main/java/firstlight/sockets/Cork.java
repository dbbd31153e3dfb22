package firstlight.sockets;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Has a TCP connection of this process send full segments only (TCP_CORK, tcp(7)), until it is closed. While a file is put into a
 * connection, each acknowledgement sends off what is there already, however little, and from another processor than the file's
 * next pages: on Linux 6.18 the segments overtook each other, and 1 GiB cost twice the time and 1.7 times the processor.
 *
 * <p>Java has no such option, and does not tell a socket's descriptor; the kernel knows it by its two addresses.
 */
public final class Cork implements AutoCloseable {
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    private final int descriptor;

    private Cork(int descriptor) {
        this.descriptor = descriptor;
    }

    /**
     * Asks the kernel for the names of all sockets of this process, a fraction of a microsecond each.
     *
     * @param local of the connection's two ends this process's
     * @return empty where no open connection has these ends, or the kernel refuses: it is sent as ever
     */
    public static Optional<Cork> on(InetSocketAddress local, InetSocketAddress peer) {
        try (Arena arena = Arena.ofConfined();
                DirectoryStream<Path> open = Files.newDirectoryStream(DESCRIPTORS)) {
            Name name = new Name(arena.allocate(Layout.SOCKADDR_IN6, 4), arena.allocate(JAVA_INT));
            for (Path each : open) {
                int descriptor = Integer.parseInt(each.getFileName().toString());
                if (Libc.getpeername(descriptor, name.octets(), name.room()) == 0
                        && name.is(peer)
                        && Libc.getsockname(descriptor, name.octets(), name.room()) == 0
                        && name.is(local)) {
                    return set(descriptor, 1) < 0 ? Optional.empty() : Optional.of(new Cork(descriptor));
                }
            }
            return Optional.empty();
        } catch (IOException | DirectoryIteratorException e) {
            return Optional.empty(); // no /proc: nothing but speed depends on it
        }
    }

    /** Sends what is there, and from now on each write at once. To be called while the connection is open. */
    @Override
    public void close() {
        int _ = set(descriptor, 0); // fails only where the connection is gone, and its octets with it
    }

    int descriptor() {
        return descriptor;
    }

    private static int set(int descriptor, int value) {
        try (Arena arena = Arena.ofConfined()) {
            return Libc.setsockopt(
                    descriptor, Layout.IPPROTO_TCP, Layout.TCP_CORK, arena.allocateFrom(JAVA_INT, value));
        }
    }

    /** Where the kernel writes the name of a socket's end. */
    private record Name(MemorySegment octets, MemorySegment length) {
        /** How much there is for the answer; the kernel writes over it how long that is. */
        MemorySegment room() {
            length.set(JAVA_INT, 0, Layout.SOCKADDR_IN6);
            return length;
        }

        boolean is(InetSocketAddress end) {
            return Short.toUnsignedInt(octets.get(Layout.NET_SHORT, 2)) == end.getPort()
                    && address().equals(Optional.of(end.getAddress()));
        }

        /** Java's server sockets are IPv6 ones that take IPv4 too: such an address is known as IPv4. */
        private Optional<InetAddress> address() {
            return switch (octets.get(JAVA_SHORT, 0)) {
                case Libc.AF_INET -> address(4, 4);
                case Libc.AF_INET6 -> address(8, 16);
                default -> Optional.empty(); // a socket of the machine's own (unix(7), netlink(7))
            };
        }

        private Optional<InetAddress> address(int from, int size) {
            try {
                return Optional.of(
                        InetAddress.getByAddress(octets.asSlice(from, size).toArray(JAVA_BYTE)));
            } catch (UnknownHostException e) {
                throw new AssertionError("4 and 16 octets are an address", e);
            }
        }
    }
}
