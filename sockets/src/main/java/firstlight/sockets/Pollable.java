package firstlight.sockets;

/** Something that a {@link Poller} can wait for. */
public interface Pollable {
    /** The file descriptor; valid until the socket is closed. */
    int descriptor();
}
