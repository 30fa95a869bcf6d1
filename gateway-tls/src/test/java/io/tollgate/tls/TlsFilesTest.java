package io.tollgate.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import io.tollgate.testkit.TestAuthority;
import io.tollgate.testkit.TestCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsFilesTest {
    private static final TestAuthority AUTHORITY = TestAuthority.create("Test authority");

    @TempDir
    private Path directory;

    private final Queue<TlsState> heard = new ConcurrentLinkedQueue<>();
    private final TestCertificate first = AUTHORITY.issue("localhost");
    private final TestCertificate second = AUTHORITY.issue("localhost");
    private Path certificate;
    private Path key;
    private TlsFiles trusting;
    private TlsFiles files;

    @BeforeEach
    void start() throws IOException {
        certificate = directory.resolve("tls.crt");
        key = directory.resolve("tls.key");
        first.write(certificate, key);
        Path authorities = Files.writeString(directory.resolve("ca.crt"), AUTHORITY.pem());
        trusting = TlsFiles.builder().authorities(authorities).build();
        files = server(certificate, key);
    }

    @AfterEach
    void stop() {
        trusting.close();
        files.close();
    }

    private TlsFiles server(Path chain, Path privateKey) {
        return TlsFiles.builder()
                .certificate(chain, privateKey)
                .interval(Duration.ofMillis(10))
                .listener(heard::add)
                .build();
    }

    private void assertServes(TestCertificate expected) throws Exception {
        assertThat(Peers.connected(files.serverContext(), trusting.clientContext())
                        .certificateOfServer())
                .isEqualTo(expected.chain().get(0));
    }

    private TlsState awaitState(Predicate<TlsState> expected) {
        return await().until(files::state, expected);
    }

    private void awaitGeneration(int number) {
        awaitState(state -> state.generation() == number && state.problem().isEmpty());
    }

    @Test
    void servesTheCertificateAndSaysUntilWhen() throws Exception {
        assertServes(first);
        assertThat(files.state())
                .isEqualTo(new TlsState(
                        1,
                        Optional.of("CN=localhost"),
                        Optional.of(first.chain().get(0).getNotAfter().toInstant()),
                        Optional.empty()));
    }

    @Test
    void usesFilesThatAreWrittenInPlace() throws Exception {
        assertServes(first);
        second.write(certificate, key);

        awaitGeneration(2);
        assertServes(second);
        assertThat(heard).last().isEqualTo(files.state());
    }

    @Test
    void usesFilesThatAreRenamed() throws Exception {
        Path newCertificate = directory.resolve("new.crt");
        Path newKey = directory.resolve("new.key");
        second.write(newCertificate, newKey);
        Files.move(newCertificate, certificate, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        Files.move(newKey, key, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);

        awaitGeneration(2);
        assertServes(second);
    }

    /** The way of Kubernetes: the files are links into ..data, which is a link that is exchanged. */
    @Test
    void usesFilesBehindALinkThatIsExchanged() throws Exception {
        Path volume = Files.createDirectory(directory.resolve("volume"));
        write(first, Files.createDirectory(volume.resolve("..one")));
        write(second, Files.createDirectory(volume.resolve("..two")));
        Files.createSymbolicLink(volume.resolve("..data"), Path.of("..one"));
        Files.createSymbolicLink(volume.resolve("tls.crt"), Path.of("..data", "tls.crt"));
        Files.createSymbolicLink(volume.resolve("tls.key"), Path.of("..data", "tls.key"));
        files.close();
        files = server(volume.resolve("tls.crt"), volume.resolve("tls.key"));
        assertServes(first);

        Path exchange = Files.createSymbolicLink(volume.resolve("..data_tmp"), Path.of("..two"));
        Files.move(exchange, volume.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);

        awaitGeneration(2);
        assertServes(second);
        assertThat(heard).hasSize(1);
    }

    private static void write(TestCertificate issued, Path folder) throws IOException {
        issued.write(folder.resolve("tls.crt"), folder.resolve("tls.key"));
    }

    @Test
    void seesAChangeThatKeepsSizeAndTime() throws Exception {
        FileTime time = Files.getLastModifiedTime(certificate);
        TestCertificate same = sameSizeAs(first);
        same.write(certificate, key);
        Files.setLastModifiedTime(certificate, time);
        Files.setLastModifiedTime(key, time);

        awaitGeneration(2);
        assertServes(same);
    }

    /** The signatures of P-256 differ in length by a byte or two. */
    private static TestCertificate sameSizeAs(TestCertificate expected) {
        while (true) {
            TestCertificate issued = AUTHORITY.issue("localhost");
            if (issued.chainPem().length() == expected.chainPem().length()) {
                return issued;
            }
        }
    }

    @Test
    void keepsThePairWhileOnlyOneFileIsNewAndSaysSoOnce() throws Exception {
        Files.writeString(certificate, second.chainPem());
        TlsState state = awaitState(s -> s.problem().isPresent());

        assertThat(state.problem().orElseThrow())
                .isEqualTo(key + ": not the key of the first certificate in " + certificate
                        + " (expected: the certificate of this key, then its issuers)");
        assertServes(first);

        Path newKey = Files.writeString(directory.resolve("new.key"), second.keyPem());
        Files.move(newKey, key, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        awaitGeneration(2);
        assertServes(second);
        assertThat(heard).containsExactly(state, files.state());
    }

    @Test
    void keepsThePairWhileAFileIsHalfWrittenMissingOrUnreadable() throws Exception {
        String half = second.chainPem().substring(0, 200);
        Files.writeString(certificate, half);
        awaitState(s -> s.problem().orElse("").startsWith(certificate + ": a block begins and does not end"));
        assertServes(first);

        Files.delete(certificate);
        awaitState(s -> s.problem().equals(Optional.of(certificate + ": there is no such file")));
        Files.createDirectory(certificate);
        awaitState(s -> s.problem().orElse("").startsWith(certificate + ": cannot be read"));
        Files.delete(certificate);
        Files.write(certificate, new byte[(1 << 20) + 1]);
        awaitState(s -> s.problem().equals(Optional.of(certificate + ": longer than 1048576 bytes")));
        assertServes(first);

        first.write(certificate, key);
        awaitState(s -> s.problem().isEmpty());
        assertThat(files.state().generation()).isEqualTo(1);
    }

    @Test
    void doesNotExchangeAValidCertificateForOneThatExpiredOrIsNotValidYet() throws Exception {
        Instant now = Instant.now();
        AUTHORITY
                .issue(now.minusSeconds(7_200), now.minusSeconds(3_600), "localhost")
                .write(certificate, key);
        awaitState(s -> s.problem().orElse("").startsWith(certificate + ": the certificate expired at "));
        AUTHORITY
                .issue(now.plusSeconds(3_600), now.plusSeconds(7_200), "localhost")
                .write(certificate, key);
        awaitState(s -> s.problem().orElse("").startsWith(certificate + ": the certificate is not valid before "));
        assertServes(first);
    }

    @Test
    void rejectsAChainInTheWrongOrder() throws Exception {
        TestCertificate issued =
                AUTHORITY.intermediate("One").intermediate("Two").issue("localhost");
        List<X509Certificate> chain = issued.chain();
        assertThat(chain).hasSize(3);
        new TestCertificate(List.of(chain.get(0), chain.get(2), chain.get(1)), issued.key()).write(certificate, key);
        awaitState(
                s -> s.problem()
                        .orElse("")
                        .equals(
                                certificate
                                        + ": certificate 2 did not issue certificate 1 (expected: each certificate before its issuer)"));

        issued.write(certificate, key);
        awaitGeneration(2);
        assertServes(issued);
    }

    @Test
    void readsChainAndKeyFromOneFile() throws Exception {
        Path both = Files.writeString(directory.resolve("both.pem"), second.keyPem() + second.chainPem());
        files.close();
        files = server(both, both);

        assertServes(second);
    }

    @Test
    void aListenerThatThrowsOrInterruptsDoesNotEndTheWatch() throws Exception {
        files.close();
        files = TlsFiles.builder()
                .certificate(certificate, key)
                .interval(Duration.ofMillis(10))
                .listener(state -> {
                    Thread.currentThread().interrupt();
                    throw new IllegalStateException("a bad listener");
                })
                .build();
        second.write(certificate, key);
        awaitGeneration(2);
        first.write(certificate, key);
        awaitGeneration(3);
        assertServes(first);
    }

    @Test
    void afterCloseNothingChanges() throws Exception {
        files.close();
        files.close();
        second.write(certificate, key);

        assertServes(first);
    }

    @Test
    void listsAllThatIsWrongAtTheStart() throws IOException {
        Files.writeString(certificate, "nothing");
        Files.writeString(key, PemTest.resource("ec-encrypted.pem"));
        Path missing = directory.resolve("missing.crt");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> TlsFiles.builder()
                        .certificate(certificate, key)
                        .authorities(missing)
                        .build())
                .withMessageContaining(certificate + ": no certificate")
                .withMessageContaining(key + ": the private key is encrypted")
                .withMessageContaining(missing + ": there is no such file");
    }

    @Test
    void namesTheSettingThatIsMissing() {
        assertThatIllegalStateException()
                .isThrownBy(() -> TlsFiles.builder().build())
                .withMessage("certificate and authorities: unset (expected: one of them, or both)");
        assertThatIllegalStateException()
                .isThrownBy(() -> TlsFiles.builder()
                        .certificate(certificate, key)
                        .clientAuth(ClientAuth.OPTIONAL)
                        .build())
                .withMessage(
                        "authorities: unset (expected: those of the client certificates, as clientAuth is OPTIONAL)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TlsFiles.builder().interval(Duration.ZERO))
                .withMessage("interval: PT0S (expected: PT0.01S to PT24H)");
    }

    @Test
    void showsNoPartOfAKey() throws IOException {
        String body = first.keyPem().lines().skip(1).findFirst().orElseThrow();
        Material.Contents contents = Material.Contents.of(new Material.Places(certificate, key, null));

        assertThat(List.of(files, files.state(), contents, Material.of(contents), files.keyManager()))
                .allMatch(shown -> !shown.toString().contains(body.substring(0, 10)));
    }

    @Test
    void speaksTheVersionsAndSuitesOfTheSettings() throws Exception {
        assertThat(Arrays.asList(files.serverContext().createSSLEngine().getEnabledProtocols()))
                .containsExactlyInAnyOrder("TLSv1.3", "TLSv1.2");
        assertThat(files.serverContext().getDefaultSSLParameters().getCipherSuites())
                .isNotEmpty()
                .allMatch(suite -> !suite.contains("_WITH_") || suite.matches("TLS_ECDHE_.*(GCM|CHACHA20).*"));

        try (TlsFiles only13 = TlsFiles.builder()
                        .certificate(certificate, key)
                        .minVersion(TlsVersion.TLS_1_3)
                        .build();
                TlsFiles trusting13 = TlsFiles.builder()
                        .authorities(directory.resolve("ca.crt"))
                        .minVersion(TlsVersion.TLS_1_3)
                        .build()) {
            SSLContext old = SSLContext.getInstance("TLSv1.2");
            old.init(null, new TrustManager[] {trusting.trustManager()}, null);

            assertThat(Peers.connected(files.serverContext(), old).atClient().getProtocol())
                    .isEqualTo("TLSv1.2");
            assertThat(Peers.connected(only13.serverContext(), trusting13.clientContext())
                            .atServer()
                            .getProtocol())
                    .isEqualTo("TLSv1.3");
            assertThatExceptionOfType(IOException.class).isThrownBy(() -> Peers.connected(only13.serverContext(), old));
        }
    }

    @Test
    void clientsRejectAnotherNameAnExpiredCertificateAndAnotherAuthority() throws Exception {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> Peers.connected(files.serverContext(), trusting.clientContext(), "other.example"))
                .withMessageContaining("other.example");

        TestAuthority.create("Another authority").issue("localhost").write(certificate, key);
        awaitGeneration(2);
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> Peers.connected(files.serverContext(), trusting.clientContext()))
                .withMessageContaining("certification path");

        files.close();
        Instant now = Instant.now();
        AUTHORITY
                .issue(now.minusSeconds(7_200), now.minusSeconds(3_600), "localhost")
                .write(certificate, key);
        files = server(certificate, key);
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> Peers.connected(files.serverContext(), trusting.clientContext()))
                .withStackTraceContaining("NotAfter");
    }
}
