package firstlight.sockets;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CorkTest {
    /** A connection to this process itself: both ends are descriptors of ours, with the same two names the other way round. */
    private record Connection(ServerSocketChannel door, SocketChannel client, SocketChannel served)
            implements AutoCloseable {
        static Connection over(String address) throws IOException {
            ServerSocketChannel door =
                    ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getByName(address), 0));
            SocketChannel client = SocketChannel.open(door.getLocalAddress());
            return new Connection(door, client, door.accept());
        }

        Optional<Cork> cork() throws IOException {
            return Cork.on(of(served.getLocalAddress()), of(served.getRemoteAddress()));
        }

        @Override
        public void close() throws IOException {
            client.close();
            served.close();
            door.close();
        }
    }

    private static InetSocketAddress of(SocketAddress address) {
        return (InetSocketAddress) address;
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void theServersEndOfAConnectionIsCorkedUntilTheCorkIsClosed(String address) throws IOException {
        try (Connection connection = Connection.over(address)) {
            Cork cork = connection.cork().orElseThrow();
            assertThat(corked(cork.descriptor())).isTrue();
            assertThat(Cork.on(
                                    of(connection.client().getLocalAddress()),
                                    of(connection.client().getRemoteAddress()))
                            .orElseThrow()
                            .descriptor())
                    .as("the other end")
                    .isNotEqualTo(cork.descriptor());

            cork.close();

            assertThat(corked(cork.descriptor())).isFalse();
        }
    }

    @Test
    void oneOfSeveralConnectionsIsCorked() throws IOException {
        try (Connection first = Connection.over("127.0.0.1");
                Connection second = Connection.over("127.0.0.1")) {
            int one = first.cork().orElseThrow().descriptor();
            Cork other = second.cork().orElseThrow();
            assertThat(one).isNotEqualTo(other.descriptor());

            other.close();

            assertThat(corked(one)).isTrue();
        }
    }

    @Test
    void whatWasWrittenUnderTheCorkArrives() throws IOException {
        try (Connection connection = Connection.over("127.0.0.1")) {
            Cork cork = connection.cork().orElseThrow();
            connection.served().write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
            cork.close();
            ByteBuffer read = ByteBuffer.allocate(3);
            while (read.hasRemaining() && connection.client().read(read) >= 0) {}

            assertThat(read.array()).containsExactly(1, 2, 3);
        }
    }

    @Test
    void aConnectionThatIsGoneIsNotFound() throws IOException {
        InetSocketAddress local;
        InetSocketAddress peer;
        try (Connection connection = Connection.over("127.0.0.1")) {
            local = of(connection.served().getLocalAddress());
            peer = of(connection.served().getRemoteAddress());
        }

        assertThat(Cork.on(local, peer)).isEmpty();
    }

    private static boolean corked(int descriptor) {
        Linker linker = Linker.nativeLinker();
        MethodHandle getsockopt = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("getsockopt"),
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(JAVA_INT);
            int answer = (int) getsockopt.invokeExact(
                    descriptor, Layout.IPPROTO_TCP, Layout.TCP_CORK, value, arena.allocateFrom(JAVA_INT, 4));
            assertThat(answer).isZero();
            return value.get(JAVA_INT, 0) != 0;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }
}
