package io.tollgate.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestAuthorityTest {
    private static final TestAuthority ROOT = TestAuthority.create("Root");

    @TempDir
    private Path directory;

    private static X509TrustManager trusting(TestAuthority authority) throws Exception {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        store.setCertificateEntry("authority", authority.certificate());
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(store);
        return (X509TrustManager) factory.getTrustManagers()[0];
    }

    private static X509Certificate[] chain(TestCertificate certificate) {
        return certificate.chain().toArray(X509Certificate[]::new);
    }

    @Test
    void issuesWhatThoseWhoTrustItAccept() throws Exception {
        X509TrustManager trusting = trusting(ROOT);

        trusting.checkServerTrusted(chain(ROOT.issue("localhost")), "UNKNOWN");
        trusting.checkClientTrusted(chain(ROOT.issue("ada")), "UNKNOWN");
        trusting.checkServerTrusted(
                chain(ROOT.intermediate("One").intermediate("Two").issue("localhost")), "UNKNOWN");
        assertThatExceptionOfType(CertificateException.class)
                .isThrownBy(() -> trusting.checkServerTrusted(
                        chain(TestAuthority.create("Root").issue("localhost")), "UNKNOWN"));
    }

    @Test
    void writesNamesAddressesAndUris() throws GeneralSecurityException {
        X509Certificate issued = ROOT.issue("api.example", "127.0.0.1", "::1", "spiffe://example/shop")
                .chain()
                .get(0);

        assertThat(issued.getSubjectX500Principal().getName()).isEqualTo("CN=api.example");
        assertThat(issued.getSubjectAlternativeNames())
                .extracting(name -> name.get(0) + " " + name.get(1))
                .containsExactly("2 api.example", "7 127.0.0.1", "7 0:0:0:0:0:0:0:1", "6 spiffe://example/shop");
        assertThatIllegalArgumentException()
                .isThrownBy(ROOT::issue)
                .withMessage("names: none (expected: at least one)");
    }

    @Test
    void issuesForAnyTime() {
        Instant start = Instant.parse("1999-12-31T23:59:59Z");
        Instant end = Instant.parse("2100-01-01T00:00:00Z");

        X509Certificate issued = ROOT.issue(start, end, "localhost").chain().get(0);
        assertThat(issued.getNotBefore().toInstant()).isEqualTo(start);
        assertThat(issued.getNotAfter().toInstant()).isEqualTo(end);
        assertThatExceptionOfType(CertificateExpiredException.class)
                .isThrownBy(() -> ROOT.issue(start, start.plusSeconds(1), "localhost")
                        .chain()
                        .get(0)
                        .checkValidity());
    }

    @Test
    void writesPemThatTheJdkReads() throws Exception {
        TestCertificate issued = ROOT.intermediate("One").issue("localhost");
        Path chain = directory.resolve("tls.crt");
        Path key = directory.resolve("tls.key");
        issued.write(chain, key);

        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        assertThat(List.copyOf(factory.generateCertificates(Files.newInputStream(chain))))
                .isEqualTo(issued.chain())
                .hasSize(2);
        assertThat(factory.generateCertificate(
                        new ByteArrayInputStream(ROOT.pem().getBytes(StandardCharsets.US_ASCII))))
                .isEqualTo(ROOT.certificate());
        String base64 = Files.readString(key).replaceAll("-----.*-----", "").replaceAll("\\s", "");
        assertThat(KeyFactory.getInstance("EC")
                        .generatePrivate(
                                new PKCS8EncodedKeySpec(Base64.getDecoder().decode(base64))))
                .isEqualTo(issued.key());
        assertThat(issued.toString()).contains("CN=localhost").doesNotContain("Key");
    }
}
