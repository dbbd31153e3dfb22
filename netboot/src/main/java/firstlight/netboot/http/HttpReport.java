package firstlight.netboot.http;

import firstlight.model.Ipv4Address;
import firstlight.netboot.files.BootPath;
import java.time.Duration;
import java.util.Locale;

/**
 * What became of one request for a boot file.
 *
 * @param octets how many octets of the body were sent
 * @param whole whether the client took all that it was to get
 */
public record HttpReport(
        Ipv4Address client, String method, String path, int status, long octets, boolean whole, Duration took) {
    /** One line for people. */
    public String text() {
        return String.format(
                Locale.ROOT,
                "HTTP %s %s %s: %d, %d bytes in %.3f s%s",
                client,
                method,
                BootPath.shown(path),
                status,
                octets,
                took.toNanos() / 1e9,
                whole ? "" : ", the client left before the end");
    }
}
