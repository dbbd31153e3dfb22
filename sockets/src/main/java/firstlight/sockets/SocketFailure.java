package firstlight.sockets;

import java.io.IOException;

/** A system call on a socket failed. The message is one line for the operator: what could not be done, why, and the cure. */
public final class SocketFailure extends IOException {
    private final Errno errno;

    private SocketFailure(Errno errno, String message) {
        super(message);
        this.errno = errno;
    }

    /** What to act on; {@link Errno#OTHER} where java.net told no number. */
    public Errno errno() {
        return errno;
    }

    static SocketFailure of(String doing, Errno errno) {
        return of(doing, errno.number());
    }

    /** What java.net could not tell. */
    public static SocketFailure of(String doing, IOException cause) {
        SocketFailure failure = new SocketFailure(Errno.OTHER, "cannot " + doing + ": " + cause.getMessage());
        failure.initCause(cause);
        return failure;
    }

    /** What was to be sent on a socket that is open: root, too, is refused by a firewall's word (netfilter answers EPERM) and for want of a way. */
    static SocketFailure ofSending(String doing, int number) {
        Errno errno = Errno.of(number);
        return switch (errno) {
            case EPERM ->
                new SocketFailure(
                        errno,
                        "cannot " + doing + ": this host's firewall drops it; let it out (`nft list ruleset` or"
                                + " `iptables -S OUTPUT` shows the rules; systemd's IPAddressDeny is one, too)");
            case ENETUNREACH ->
                new SocketFailure(
                        errno, "cannot " + doing + ": this host has no route there; add one (`ip route` shows them)");
            case EACCES, EHOSTUNREACH ->
                new SocketFailure(
                        errno,
                        "cannot " + doing
                                + ": this host's routes do not let it go there (`ip route` shows them: prohibit,"
                                + " unreachable)");
            case EADDRINUSE,
                    EADDRNOTAVAIL,
                    ENODEV,
                    EMFILE,
                    EINTR,
                    EIO,
                    EAGAIN,
                    EFAULT,
                    EINVAL,
                    EMSGSIZE,
                    ENETDOWN,
                    ENOBUFS,
                    ECONNREFUSED,
                    OTHER -> of(doing, number);
        };
    }

    /** @param doing what was tried, for example {@code bind UDP port 69 on 10.0.0.1} */
    static SocketFailure of(String doing, int number) {
        Errno errno = Errno.of(number);
        String cure = switch (errno) {
            case EADDRINUSE ->
                "; another program has this port (`ss -lunp` names it: another TFTP, PXE or DHCP server, dnsmasq with enable-tftp or pxe-service):"
                        + " stop it, or the part of it that serves there, since firmware asks on no other port";
            case EACCES, EPERM -> "; this needs root (or CAP_NET_BIND_SERVICE, CAP_NET_RAW and CAP_NET_ADMIN)";
            case EADDRNOTAVAIL -> "; check the address with `ip addr`";
            case ENODEV -> "; check the name with `ip link`";
            case EMFILE -> "; raise the limit of open files (`ulimit -n`)";
            case EINTR,
                    EIO,
                    EAGAIN,
                    EFAULT,
                    EINVAL,
                    EMSGSIZE,
                    ENETDOWN,
                    ENETUNREACH,
                    ENOBUFS,
                    ECONNREFUSED,
                    EHOSTUNREACH -> "";
            case OTHER -> " (errno " + number + ")";
        };
        return new SocketFailure(errno, "cannot " + doing + ": " + errno.text() + cure);
    }
}
