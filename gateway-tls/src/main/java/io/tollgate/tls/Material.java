package io.tollgate.tls;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The content of the files at one time, checked: the chain and its key, and the authorities.
 *
 * @param chain empty without a certificate
 */
record Material(List<X509Certificate> chain, @Nullable PrivateKey key, X509ExtendedTrustManager trust) {
    /** The paths of the parts. */
    record Places(
            @Nullable Path certificate,
            @Nullable Path key,
            @Nullable Path authorities) {}

    /** The bytes of the files, or why one could not be read. */
    record Contents(Place certificate, Place key, Place authorities) {
        static Contents of(Places places) {
            return new Contents(Place.of(places.certificate()), Place.of(places.key()), Place.of(places.authorities()));
        }
    }

    private static final int MAX_BYTES = 1 << 20;

    /** The content of one file: text, a problem, or neither if there is to be no such file. */
    record Place(@Nullable Path path, String text, String problem) {
        static Place of(@Nullable Path path) {
            if (path == null) {
                return new Place(null, "", "");
            }
            try (InputStream in = Files.newInputStream(path)) {
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                bytes.writeBytes(in.readNBytes(MAX_BYTES + 1));
                return bytes.size() > MAX_BYTES
                        ? new Place(path, "", "longer than " + MAX_BYTES + " bytes")
                        : new Place(path, bytes.toString(ISO_8859_1), "");
            } catch (NoSuchFileException e) {
                return new Place(path, "", "there is no such file");
            } catch (AccessDeniedException e) {
                return new Place(path, "", "this process may not read it");
            } catch (IOException e) {
                return new Place(path, "", "cannot be read: " + e.getMessage());
            }
        }

        <T> Optional<T> parsed(Parser<T> parser, List<String> problems) {
            if (path == null) {
                return Optional.empty();
            }
            try {
                if (!problem.isEmpty()) {
                    throw new IllegalArgumentException(problem);
                }
                return Optional.of(parser.parse(text));
            } catch (IllegalArgumentException e) {
                problems.add(path + ": " + e.getMessage());
                return Optional.empty();
            }
        }

        /** Without the text, which may be a key. */
        @Override
        public String toString() {
            return "Place[" + path + "]";
        }
    }

    private interface Parser<T> {
        T parse(String text);
    }

    /** Without the key. */
    @Override
    public String toString() {
        return "Material[" + subject() + "]";
    }

    Optional<String> subject() {
        return chain.isEmpty()
                ? Optional.empty()
                : Optional.of(chain.get(0).getSubjectX500Principal().getName());
    }

    Optional<Instant> notAfter() {
        return chain.stream()
                .map(X509Certificate::getNotAfter)
                .map(Date::toInstant)
                .min(Instant::compareTo);
    }

    private Optional<Instant> notBefore() {
        return chain.stream()
                .map(X509Certificate::getNotBefore)
                .map(Date::toInstant)
                .max(Instant::compareTo);
    }

    /** Returns why the chain is not valid at this time, if it is not. */
    Optional<String> invalidAt(Instant now) {
        return notAfter()
                .filter(now::isAfter)
                .map(end -> "the certificate expired at " + end)
                .or(() ->
                        notBefore().filter(now::isBefore).map(start -> "the certificate is not valid before " + start));
    }

    /** @throws IllegalArgumentException with all that is wrong */
    static Material of(Contents contents) {
        List<String> problems = new ArrayList<>();
        List<X509Certificate> chain =
                contents.certificate().parsed(Pem::certificates, problems).orElse(List.of());
        PrivateKey key = contents.key().parsed(Pem::privateKey, problems).orElse(null);
        Optional<List<X509Certificate>> authorities = contents.authorities().parsed(Pem::certificates, problems);
        if (!chain.isEmpty()) {
            checkChain(contents, chain, key, problems);
        }
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", problems));
        }
        return new Material(chain, key, trust(authorities));
    }

    private static void checkChain(
            Contents contents, List<X509Certificate> chain, @Nullable PrivateKey key, List<String> problems) {
        if (key != null && !Pem.match(key, chain.get(0))) {
            problems.add(contents.key().path() + ": not the key of the first certificate in "
                    + contents.certificate().path() + " (expected: the certificate of this key, then its issuers)");
            return;
        }
        for (int i = 1; i < chain.size(); i++) {
            try {
                chain.get(i - 1).verify(chain.get(i).getPublicKey());
            } catch (GeneralSecurityException e) {
                problems.add(contents.certificate().path() + ": certificate " + (i + 1) + " did not issue certificate "
                        + i + " (expected: each certificate before its issuer)");
                return;
            }
        }
    }

    private static X509ExtendedTrustManager trust(Optional<List<X509Certificate>> authorities) {
        try {
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(authorities.isEmpty() ? null : store(authorities.get()));
            for (TrustManager manager : factory.getTrustManagers()) {
                if (manager instanceof X509ExtendedTrustManager extended) {
                    return extended;
                }
            }
            throw new IllegalStateException("this JDK has no X509ExtendedTrustManager");
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyStore store(List<X509Certificate> authorities) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        for (int i = 0; i < authorities.size(); i++) {
            store.setCertificateEntry("authority-" + i, authorities.get(i));
        }
        return store;
    }
}
