package firstlight.server.sites;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

class HttpsPeerTest {
    @Test
    void aHostWithoutAnAddressIsSaidToHaveNone() {
        IOException unknown = new IOException(new UnknownHostException("main.school"));
        assertThat(HttpsPeer.reason(unknown)).isEqualTo("no address is known here for 'main.school'");
        assertThat(HttpsPeer.reason(new ConnectException("Connection refused"))).isEqualTo("Connection refused");
    }
}
