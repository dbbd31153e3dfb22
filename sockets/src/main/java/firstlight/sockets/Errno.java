package firstlight.sockets;

/** The errors of system calls that Firstlight acts on or explains; numbers of Linux on x86-64 and arm64. */
public enum Errno {
    EPERM(1, "not permitted"),
    EINTR(4, "interrupted"),
    /** What a link without checksum offload answers to a segmented send. */
    EIO(5, "the link refused it"),
    EAGAIN(11, "nothing there yet"),
    EACCES(13, "permission denied"),
    EFAULT(14, "memory went away"),
    EINVAL(22, "invalid argument"),
    EMFILE(24, "too many open files"),
    ENODEV(19, "no such network interface"),
    EMSGSIZE(90, "message too long for the link"),
    EADDRINUSE(98, "address already in use"),
    EADDRNOTAVAIL(99, "address not available on this machine, or still tentative"),
    ENETDOWN(100, "network is down"),
    ENETUNREACH(101, "network is unreachable"),
    ENOBUFS(105, "no buffer space"),
    ECONNREFUSED(111, "nobody listens there"),
    EHOSTUNREACH(113, "host is unreachable"),
    OTHER(0, "system call failed");

    /** As errno(3) has it; 0 of {@link #OTHER}. */
    private final int number;
    /** For messages, behind what was tried. */
    private final String text;

    Errno(int number, String text) {
        this.number = number;
        this.text = text;
    }

    int number() {
        return number;
    }

    String text() {
        return text;
    }

    /** {@link #OTHER} for a number that nobody here acts on. */
    static Errno of(int number) {
        for (Errno errno : values()) {
            if (errno.number == number) {
                return errno;
            }
        }
        return OTHER;
    }
}
