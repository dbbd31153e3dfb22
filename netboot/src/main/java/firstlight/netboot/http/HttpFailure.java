package firstlight.netboot.http;

import java.io.IOException;

/** The HTTP server cannot listen. The message is one line for the operator. */
public final class HttpFailure extends IOException {
    private static final long serialVersionUID = 1;

    HttpFailure(String address, int port, Throwable cause) {
        super(
                "cannot listen on TCP port " + port + " of " + address + ": " + cause.getMessage()
                        + "; find who has it with `ss -ltnp`, stop it or configure another HTTP port",
                cause);
    }
}
