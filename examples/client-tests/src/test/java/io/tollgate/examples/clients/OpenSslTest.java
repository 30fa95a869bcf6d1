package io.tollgate.examples.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.testkit.TestAuthority;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Versions and cipher suites of TLS, as openssl sees them. */
class OpenSslTest {
    private static final TestAuthority AUTHORITY = TestAuthority.create("Test");

    @TempDir
    private Path folder;

    private Command connect(Site site, String... options) throws Exception {
        String ca = folder.resolve("ca.crt").toString();
        return Command.run(
                List.of("openssl", "s_client", "-connect", site.address(), "-CAfile", ca, "-verify_return_error"),
                options);
    }

    /** Connects with a level of security at which openssl itself objects to nothing. */
    private void assertRejects(String alert, Site site, String version, String suites) throws Exception {
        Command rejected = connect(site, version, "-cipher", suites + ":@SECLEVEL=0");
        assertThat(rejected.status()).as(rejected.output()).isNotZero();
        assertThat(rejected.output()).contains("SSL alert number", alert);
    }

    @Test
    void speaksTls12And13WithForwardSecrecyOnly() throws Exception {
        try (Site site = Site.withTls(AUTHORITY, folder)) {
            assertThat(connect(site, "-tls1_3", "-alpn", "h2,http/1.1").output())
                    .contains("New, TLSv1.3", "ALPN protocol: h2", "Verify return code: 0 (ok)");
            assertThat(connect(site, "-tls1_3", "-alpn", "http/1.1").output()).contains("ALPN protocol: http/1.1");
            for (String suite : List.of(
                    "ECDHE-ECDSA-AES128-GCM-SHA256",
                    "ECDHE-ECDSA-AES256-GCM-SHA384",
                    "ECDHE-ECDSA-CHACHA20-POLY1305")) {
                assertThat(connect(site, "-tls1_2", "-cipher", suite).output())
                        .contains("New, TLSv1.2, Cipher is " + suite, "Secure Renegotiation IS supported");
            }
            assertRejects("handshake failure", site, "-tls1_2", "ECDHE-ECDSA-AES128-SHA256");
            assertRejects("handshake failure", site, "-tls1_2", "ECDHE-ECDSA-AES256-SHA");
            assertRejects("handshake failure", site, "-tls1_2", "AES128-GCM-SHA256:AES256-SHA");
            assertRejects("handshake failure", site, "-tls1_2", "aNULL:eNULL");
            assertRejects("protocol version", site, "-tls1", "ALL");
            assertRejects("protocol version", site, "-tls1_1", "ALL");
        }
    }

    @Test
    void speaksTls13OnlyWhereThatIsTheOldest() throws Exception {
        try (Site site = Site.withTls(AUTHORITY, folder, "SERVER_HTTP_TLS_MIN_VERSION", "1.3")) {
            assertThat(connect(site, "-tls1_3").status()).isZero();
            assertRejects("protocol version", site, "-tls1_2", "ALL");
        }
    }

    @Test
    void demandsAClientCertificateOfItsAuthority() throws Exception {
        String[] demanded = {
            "SERVER_HTTP_TLS_CLIENT_AUTH",
            "required",
            "SERVER_HTTP_TLS_CLIENT_CA",
            folder.resolve("ca.crt").toString()
        };
        try (Site site = Site.withTls(AUTHORITY, folder, demanded)) {
            Path certificate = folder.resolve("client.crt");
            Path key = folder.resolve("client.key");
            AUTHORITY.issue("billing").write(certificate, key);
            String[] presented = {"-tls1_2", "-cert", certificate.toString(), "-key", key.toString()};
            assertThat(connect(site, presented).status()).isZero();
            assertThat(connect(site, "-tls1_2").status()).isNotZero();

            TestAuthority.create("Another").issue("billing").write(certificate, key);
            assertThat(connect(site, presented).status()).isNotZero();
        }
    }
}
