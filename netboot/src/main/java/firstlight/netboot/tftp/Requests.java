package firstlight.netboot.tftp;

import firstlight.netboot.files.BootFiles;
import firstlight.netboot.files.BootPath;
import firstlight.netboot.files.Finding.Absent;
import firstlight.netboot.files.Finding.Busy;
import firstlight.netboot.files.Finding.Found;
import firstlight.netboot.files.Finding.Refused;
import firstlight.netboot.tftp.Transfer.Request;
import firstlight.sockets.Interfaces;
import firstlight.wire.tftp.TftpError;
import firstlight.wire.tftp.TftpPacket.ErrorPacket;
import java.io.IOException;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns a read request into a transfer that can begin, or into the error that the client gets. May block on disk. */
record Requests(BootFiles files, Contents contents, int largestWindow, Set<String> refusals) {
    private static final Logger LOG = LoggerFactory.getLogger(Requests.class);
    /** Reasons that are logged; each can hold a path that somebody invents. */
    private static final int DIFFERENT_REFUSALS = 100;

    Requests(BootFiles files, Contents contents, int largestWindow) {
        this(files, contents, largestWindow, ConcurrentHashMap.newKeySet());
    }

    /** What a request leads to. */
    sealed interface Opened {
        Request request();

        record Ready(Request request, Terms terms, Content content) implements Opened {}

        record Denied(Request request, ErrorPacket error) implements Opened {}

        /** Nothing is said, so that the client asks again. */
        record Unanswered(Request request, String why) implements Opened {}
    }

    /** Runs on a thread of its own. Who is given {@link Opened.Ready} must release its content. */
    Opened open(Request request) {
        try {
            return find(request);
        } catch (RuntimeException | OutOfMemoryError e) { // who asks must be able to ask again
            LOG.error(
                    "TFTP {} {}: a bug, or no memory", request.requester().client(), BootPath.shown(request.name()), e);
            return denied(request, TftpError.NOT_DEFINED, "internal error");
        }
    }

    private Opened find(Request request) {
        String mode = request.packet().mode().toLowerCase(Locale.ROOT);
        boolean netascii = mode.equals("netascii");
        if (!netascii && !mode.equals("octet")) {
            return denied(request, TftpError.ILLEGAL_OPERATION, "no mode " + mode + " here");
        }
        return switch (files.find(request.packet().name(), request.requester())) {
            case Found found -> {
                if (netascii && Contents.isTooLargeForNetascii(found)) {
                    yield denied(request, TftpError.NOT_DEFINED, "netascii is for short texts: ask for octet");
                }
                try {
                    Content content = contents.open(found, netascii);
                    int mtu = Interfaces.mtu(request.interfaceIndex());
                    Terms terms = Terms.negotiate(request.packet(), content.size(), mtu, largestWindow);
                    yield new Opened.Ready(request, terms, content);
                } catch (IOException e) {
                    LOG.warn(
                            "TFTP {} {}: cannot open: {}",
                            request.requester().client(),
                            BootPath.shown(request.name()),
                            e.toString());
                    yield denied(request, TftpError.NOT_DEFINED, "cannot read the file");
                }
            }
            // At once: silence costs a client minutes, and loaders probe for many optional files.
            case Absent() -> denied(request, TftpError.FILE_NOT_FOUND, "no such file");
            // pxelinux (6.04) takes any error for "no such file", and goes on without its configuration.
            // What is not answered it asks for again, as GRUB does.
            case Busy() -> new Opened.Unanswered(request, "too many ask at once; not answered, so that it asks again");
            case Refused(String reason) -> {
                // Not a line a packet: anybody can send them. Each stands in its PC's transaction.
                if (refusals.size() < DIFFERENT_REFUSALS && refusals.add(reason)) {
                    LOG.warn(
                            "TFTP {} {}: refused (further ones for this reason are not told): {}",
                            request.requester().client(),
                            BootPath.shown(request.name()),
                            reason);
                }
                yield denied(request, TftpError.ACCESS_VIOLATION, "access denied");
            }
        };
    }

    private static Opened denied(Request request, TftpError code, String text) {
        return new Opened.Denied(request, ErrorPacket.of(code, text));
    }
}
