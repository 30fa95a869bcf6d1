package io.tollgate.testkit;

import static java.util.Objects.requireNonNull;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A certificate authority for tests of TLS: it issues certificates for any names and any time, valid or not.
 *
 * <pre>{@code
 * TestAuthority authority = TestAuthority.create("Test authority");
 * TestCertificate server = authority.issue("localhost", "127.0.0.1");
 * server.write(directory.resolve("tls.crt"), directory.resolve("tls.key"));
 * Files.writeString(directory.resolve("ca.crt"), authority.pem());
 *
 * TestCertificate expired = authority.issue(Instant.EPOCH, Instant.EPOCH.plusSeconds(60), "localhost");
 * TestCertificate strange = TestAuthority.create("Another authority").issue("localhost");
 * }</pre>
 *
 * <p>Keys are EC keys on P-256. Thread-safe.
 */
public final class TestAuthority {
    private final String name;
    private final KeyPair keys;
    private final List<X509Certificate> chain;

    private TestAuthority(String name, KeyPair keys, List<X509Certificate> chain) {
        this.name = name;
        this.keys = keys;
        this.chain = chain;
    }

    /** Makes a root authority, valid from an hour ago for ten years. */
    public static TestAuthority create(String name) {
        KeyPair keys = newKeys();
        return new TestAuthority(
                name,
                keys,
                List.of(certificate(requireNonNull(name, "name"), keys, name, keys)
                        .of(List.of(), true)));
    }

    /** Makes an authority whose certificate this one issues. What it issues has both in its chain, without the root. */
    public TestAuthority intermediate(String other) {
        KeyPair otherKeys = newKeys();
        X509Certificate issued = certificate(requireNonNull(other, "other"), otherKeys, name, keys)
                .of(List.of(), true);
        return new TestAuthority(other, otherKeys, prepended(issued));
    }

    /** Returns the certificate of the authority. */
    public X509Certificate certificate() {
        return chain.get(0);
    }

    /** Returns the certificate of the authority as PEM. */
    public String pem() {
        return TestCertificate.pem("CERTIFICATE", DerCertificate.encoded(certificate()));
    }

    /**
     * Issues a certificate for servers and clients, valid from an hour ago for a day.
     *
     * @param names host names, IP addresses or URIs; the first is the common name of the subject too
     */
    public TestCertificate issue(String... names) {
        Instant now = Instant.now();
        return issue(now.minus(Duration.ofHours(1)), now.plus(Duration.ofDays(1)), names);
    }

    /** Issues a certificate for servers and clients that is valid between these times, to the second. */
    public TestCertificate issue(Instant notBefore, Instant notAfter, String... names) {
        if (names.length == 0) {
            throw new IllegalArgumentException("names: none (expected: at least one)");
        }
        KeyPair issuedKeys = newKeys();
        X509Certificate issued = new DerCertificate(names[0], issuedKeys.getPublic(), name, keys, notBefore, notAfter)
                .of(List.of(names), false);
        return new TestCertificate(prepended(issued), issuedKeys.getPrivate());
    }

    /** Returns the certificate before those of this chain but the root, which peers have themselves. */
    private List<X509Certificate> prepended(X509Certificate issued) {
        List<X509Certificate> certificates = new ArrayList<>(List.of(issued));
        certificates.addAll(chain.size() == 1 && isRoot() ? List.of() : chain);
        return List.copyOf(certificates);
    }

    private boolean isRoot() {
        return certificate().getIssuerX500Principal().equals(certificate().getSubjectX500Principal());
    }

    private static DerCertificate certificate(String subject, KeyPair keys, String issuer, KeyPair signing) {
        Instant now = Instant.now();
        return new DerCertificate(
                subject,
                keys.getPublic(),
                issuer,
                signing,
                now.minus(Duration.ofHours(1)),
                now.plus(Duration.ofDays(3_650)));
    }

    private static KeyPair newKeys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns the name of the authority. */
    @Override
    public String toString() {
        return "TestAuthority[" + name + "]";
    }
}
