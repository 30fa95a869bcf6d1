package io.tollgate.testkit;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A certificate that a {@link TestAuthority} issued, and its key.
 *
 * @param chain the certificate, then those of intermediate authorities
 * @param key the private key of the certificate
 */
public record TestCertificate(List<X509Certificate> chain, PrivateKey key) {
    private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});

    public TestCertificate {
        chain = List.copyOf(chain);
        requireNonNull(key, "key");
    }

    /** Returns the chain as PEM. */
    public String chainPem() {
        return chain.stream()
                .map(certificate -> pem("CERTIFICATE", DerCertificate.encoded(certificate)))
                .collect(Collectors.joining());
    }

    /** Returns the key as PEM, in the form of PKCS#8. */
    public String keyPem() {
        return pem("PRIVATE KEY", key.getEncoded());
    }

    /** Writes chain and key into two files, one after the other, in place. */
    public void write(Path chainFile, Path keyFile) throws IOException {
        Files.writeString(chainFile, chainPem(), US_ASCII);
        Files.writeString(keyFile, keyPem(), US_ASCII);
    }

    /** Returns the subject and the end of the validity, without the key. */
    @Override
    public String toString() {
        X509Certificate first = chain.get(0);
        return "TestCertificate[" + first.getSubjectX500Principal() + ", until "
                + first.getNotAfter().toInstant() + "]";
    }

    static String pem(String label, byte[] der) {
        return "-----BEGIN " + label + "-----\n" + LINES.encodeToString(der) + "\n-----END " + label + "-----\n";
    }
}
