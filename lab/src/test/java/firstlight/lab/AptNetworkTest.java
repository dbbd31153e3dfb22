package firstlight.lab;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AptNetworkTest {
    /** Of mmdebstrap's own apt configuration the host's is no part. */
    @Test
    void theWayToTheArchivesIsThisMachines() {
        assertThat(AptNetwork.options("""
                APT::Install-Recommends "0";
                Acquire "";
                Acquire::Languages "";
                Acquire::Languages:: "en";
                Acquire::http "";
                Acquire::http::Proxy "http://proxy.example.com:3128/";
                Acquire::http::Proxy::mirror.example.com "DIRECT";
                Acquire::http::Pipeline-Depth "0";
                Acquire::https::mirror.example.com::CaInfo "/etc/ssl/own.pem";
                Acquire::https::Verify-Peer "false";
                Dir::Etc "etc/apt";
                """))
                .containsExactly(
                        "Acquire::http::Proxy \"http://proxy.example.com:3128/\";",
                        "Acquire::http::Proxy::mirror.example.com \"DIRECT\";",
                        "Acquire::https::mirror.example.com::CaInfo \"/etc/ssl/own.pem\";",
                        "Acquire::https::Verify-Peer \"false\";");
    }
}
