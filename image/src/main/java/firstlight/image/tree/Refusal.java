package firstlight.image.tree;

import java.io.IOException;

/** The kernel's no, with its number. */
final class Refusal extends IOException {
    private static final long serialVersionUID = 1;

    private final int errno;

    Refusal(String what, int errno, String reason) {
        super(what + ": " + reason);
        this.errno = errno;
    }

    int errno() {
        return errno;
    }

    /** The path leads to nothing: it is not there, a name on the way is no folder, or links lead in circles or out. */
    boolean leadsNowhere() {
        return errno == Posix.ENOENT || errno == Posix.ENOTDIR || errno == Posix.ELOOP || errno == Posix.EXDEV;
    }
}
