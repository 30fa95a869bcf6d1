package io.tollgate.tls;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A certificate with its key and the authorities that are trusted, from PEM files that may change at any time: written in place,
 * renamed, or behind a link that is exchanged, as Kubernetes does. Connections that are made after a change use what the files
 * hold then; those that exist go on.
 *
 * <pre>{@code
 * TlsFiles files = TlsFiles.builder()
 *         .certificate(Path.of("/etc/tls/tls.crt"), Path.of("/etc/tls/tls.key"))
 *         .authorities(Path.of("/etc/tls/ca.crt"))
 *         .clientAuth(ClientAuth.REQUIRED)
 *         .build();
 * HttpsServer server = HttpsServer.create(address, 0);
 * server.setHttpsConfigurator(new HttpsConfigurator(files.serverContext()));
 * }</pre>
 *
 * <p>A change is put to use when two looks in a row see the same content, and that is complete and valid: the key is that of the
 * certificate, each certificate is before its issuer, and the chain is valid now, unless the one in use is not either. Otherwise
 * what was in use before stays in use, and {@link TlsState#problem()}, the log and the {@linkplain Builder#listener listener} say
 * why.
 *
 * <p>Thread-safe. The files are read on a daemon thread of its own; handshakes never wait for it. The managers and contexts work
 * for as long as they are used; after {@link #close()} they no longer change.
 */
public final class TlsFiles implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(TlsFiles.class);

    /** The material since the last change, with that which handshakes in flight may have begun with. */
    record Generation(
            int number, Material material, @Nullable Generation before) {
        Generation next(Material next) {
            return new Generation(number + 1, next, new Generation(number, material, null));
        }
    }

    private final Material.Places places;
    private final Clock clock;
    private final TlsListener listener;
    private final CurrentKeyManager keyManager = new CurrentKeyManager(this::generation);
    private final CurrentTrustManager trustManager =
            new CurrentTrustManager(() -> generation().material().trust());
    private final SSLContext serverContext;
    private final SSLContext clientContext;
    private final FilesWatch watch;

    private volatile Generation generation;
    private volatile Optional<String> problem = Optional.empty();
    private Material.Contents used;
    private Material.Contents seen;

    private TlsFiles(Builder builder) {
        this.places = builder.places();
        this.clock = builder.clock;
        this.listener = builder.listener;
        this.used = Material.Contents.of(places);
        this.seen = used;
        this.generation = new Generation(1, Material.of(used), null);
        TlsParameters parameters = new TlsParameters(builder.minVersion, builder.clientAuth);
        this.serverContext = ReloadingContext.create(this::generation, keyManager, trustManager, parameters, false);
        this.clientContext = ReloadingContext.create(this::generation, keyManager, trustManager, parameters, true);
        generation
                .material()
                .invalidAt(clock.instant())
                .ifPresent(why -> log.warn("{}: {}", places.certificate(), why));
        this.watch = new FilesWatch(builder.interval, this::look);
    }

    /** Starts the description of the files. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns a manager that presents the certificate in use; without a certificate it presents none. */
    public X509ExtendedKeyManager keyManager() {
        return keyManager;
    }

    /**
     * Returns a manager that trusts the authorities in use, or those that the JVM trusts if no file was given. It verifies the
     * name of a server if the client demands that, as HTTP clients and gRPC do.
     */
    public X509ExtendedTrustManager trustManager() {
        return trustManager;
    }

    /**
     * Returns a context for servers: the minimum version, cipher suites with forward secrecy and authenticated encryption only
     * (those that HTTP/2 permits: RFC 9113, 9.2.2), and the client certificates of the builder are settings of its engines and
     * sockets from the start. A change of the files ends the resumption of older sessions, so that a client whose authority is
     * no longer trusted cannot resume one.
     */
    public SSLContext serverContext() {
        return serverContext;
    }

    /** Returns a context for clients, whose engines and sockets have the minimum version of the builder. */
    public SSLContext clientContext() {
        return clientContext;
    }

    /** Returns the certificate in use, and why the files are not used as they are now if they are not. */
    public TlsState state() {
        Generation now = generation;
        return new TlsState(
                now.number(), now.material().subject(), now.material().notAfter(), problem);
    }

    /** Ends the watch of the files. Does nothing the second time. */
    @Override
    public void close() {
        watch.close();
    }

    /** Returns the paths of the files and the state. */
    @Override
    public String toString() {
        return "TlsFiles[" + places + ", " + state() + "]";
    }

    private Generation generation() {
        return generation;
    }

    /** Reads the files; returns whether they changed since the look before, and should be looked at again soon. */
    private boolean look() {
        Material.Contents now = Material.Contents.of(places);
        if (!now.equals(seen)) {
            seen = now;
            return true;
        }
        if (now.equals(used)) {
            problem = Optional.empty();
            return false;
        }
        Material next;
        try {
            next = Material.of(now);
        } catch (IllegalArgumentException e) {
            rejected(String.valueOf(e.getMessage()));
            return false;
        }
        Instant instant = clock.instant();
        Optional<String> invalid = next.invalidAt(instant);
        if (invalid.isPresent() && generation.material().invalidAt(instant).isEmpty()) {
            rejected(places.certificate() + ": " + invalid.get());
            return false;
        }
        used = now;
        generation = generation.next(next);
        problem = Optional.empty();
        log.info(
                "TLS files changed and are in use: certificate={} subject={} notAfter={}{}",
                places.certificate(),
                next.subject().orElse(""),
                next.notAfter().map(Instant::toString).orElse(""),
                places.authorities() == null ? "" : " authorities=" + places.authorities());
        invalid.ifPresent(why -> log.warn("{}: {}", places.certificate(), why));
        listener.changed(state());
        return false;
    }

    private void rejected(String why) {
        if (!problem.equals(Optional.of(why))) {
            problem = Optional.of(why);
            log.warn("TLS files changed and are not used, what was in use before stays in use: {}", why);
            listener.changed(state());
        }
    }

    /** Describes {@link TlsFiles}. Not thread-safe. */
    public static final class Builder {
        private @Nullable Path certificate;
        private @Nullable Path key;
        private @Nullable Path authorities;
        private TlsVersion minVersion = TlsVersion.TLS_1_2;
        private ClientAuth clientAuth = ClientAuth.NONE;
        private Duration interval = Duration.ofSeconds(2);
        private TlsListener listener = state -> {};
        private Clock clock = Clock.systemUTC();

        private Builder() {}

        /**
         * Sets the certificate that is presented; by default none is. Servers need one, clients for mutual TLS.
         *
         * @param chain a file with the certificate, and after it those of its issuers up to one that the peers trust
         * @param privateKey a file with the private key of the first certificate; may be the same file
         */
        public Builder certificate(Path chain, Path privateKey) {
            this.certificate = requireNonNull(chain, "chain");
            this.key = requireNonNull(privateKey, "privateKey");
            return this;
        }

        /** Sets a file with the authorities whose certificates are trusted; by default those that the JVM trusts are. */
        public Builder authorities(Path bundle) {
            this.authorities = requireNonNull(bundle, "bundle");
            return this;
        }

        /** Sets the oldest version that is spoken, by default TLS 1.2. */
        public Builder minVersion(TlsVersion value) {
            this.minVersion = requireNonNull(value, "value");
            return this;
        }

        /**
         * Sets the certificate that {@link TlsFiles#serverContext()} asks of clients, by default none. The authorities that may
         * have issued it must be set.
         */
        public Builder clientAuth(ClientAuth value) {
            this.clientAuth = requireNonNull(value, "value");
            return this;
        }

        /** Sets the time between two looks at the files, 10 milliseconds to 1 day, by default 2 seconds. */
        public Builder interval(Duration value) {
            if (requireNonNull(value, "value").compareTo(Duration.ofMillis(10)) < 0
                    || value.compareTo(Duration.ofDays(1)) > 0) {
                throw new IllegalArgumentException("interval: " + value + " (expected: PT0.01S to PT24H)");
            }
            this.interval = value;
            return this;
        }

        /** Sets a listener of changes; by default they are logged only. */
        public Builder listener(TlsListener value) {
            this.listener = requireNonNull(value, "value");
            return this;
        }

        /** Sets the time by which certificates are valid; for tests. */
        Builder clock(Clock value) {
            this.clock = requireNonNull(value, "value");
            return this;
        }

        /**
         * Reads the files, and starts to watch them. A certificate that has expired is used, with a warning in the log.
         *
         * @throws IllegalArgumentException if a file cannot be read or used; the message names the file and the reason, of each
         *     file that is wrong
         * @throws IllegalStateException if neither a certificate nor authorities are set, or client certificates are asked for
         *     and the authorities are not set
         */
        public TlsFiles build() {
            if (certificate == null && authorities == null) {
                throw new IllegalStateException("certificate and authorities: unset (expected: one of them, or both)");
            }
            if (clientAuth != ClientAuth.NONE && authorities == null) {
                throw new IllegalStateException(
                        "authorities: unset (expected: those of the client certificates, as clientAuth is " + clientAuth
                                + ")");
            }
            return new TlsFiles(this);
        }

        private Material.Places places() {
            return new Material.Places(certificate, key, authorities);
        }
    }
}
