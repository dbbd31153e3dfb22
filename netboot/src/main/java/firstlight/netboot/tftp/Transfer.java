package firstlight.netboot.tftp;

import firstlight.netboot.files.Requester;
import firstlight.sockets.SocketFailure;
import firstlight.wire.tftp.TftpPacket.ReadRequest;
import java.util.Optional;

/** A transfer that runs: its state and what the state needs from outside. Touched by the loop's thread only. */
final class Transfer {
    final Request request;
    final Terms terms;
    final Content content;
    final long startedAt;

    /** The index of the socket, the server's transfer identifier. */
    final int socket;

    ReadTransfer state;

    /** When the loop looks at it next. */
    long wakeAt;

    long repeats;

    /** Its path takes no datagram of its blocks whole: the kernel cuts each into fragments, but no window into datagrams. */
    boolean blockByBlock;

    /** Why this host does not send what it should: it will not the next time either, so that the client's silence is no wonder. */
    Optional<SocketFailure> unsent = Optional.empty();

    Transfer(Request request, Terms terms, Content content, int socket, long startedAt, ReadTransfer state) {
        this.request = request;
        this.terms = terms;
        this.content = content;
        this.socket = socket;
        this.startedAt = startedAt;
        this.state = state;
    }

    /** What became of it, for people. */
    Outcome told(Outcome outcome) {
        return outcome instanceof Outcome.TimedOut
                ? unsent.<Outcome>map(why -> new Outcome.Failed(String.valueOf(why.getMessage())))
                        .orElse(outcome)
                : outcome;
    }

    /** @param interfaceIndex where it came in */
    record Request(Requester requester, int clientPort, int interfaceIndex, ReadRequest packet) {
        String name() {
            return packet.name();
        }

        long client() {
            return clientKey(requester.client().value(), clientPort);
        }
    }

    /** The client's transfer identifier: address and port. A client has one transfer a port. */
    static long clientKey(int address, int port) {
        return (address & 0xFFFF_FFFFL) << 16 | port;
    }
}
