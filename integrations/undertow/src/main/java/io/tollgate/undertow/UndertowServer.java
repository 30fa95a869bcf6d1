package io.tollgate.undertow;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.http.AddressRange;
import io.tollgate.api.http.ErrorRenderer;
import io.tollgate.api.http.HttpEndpoint;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/1.1 server, which listens from {@link Builder#start} to {@link #close}:
 *
 * <pre>{@code
 * HttpEndpoint hello = request -> CompletableFuture.completedStage(
 *         HttpResponse.of(200, "text/plain; charset=utf-8", "Hello\n".getBytes(UTF_8)));
 *
 * try (UndertowServer server = UndertowServer.builder().port(8080).endpoint(hello).start()) {
 *     System.out.println("http://localhost:" + server.address().getPort());
 *     ...
 * }
 * }</pre>
 *
 * <p>All that a client can make the server hold or wait for has a limit, with a default and a setting in {@link Builder}.
 */
public final class UndertowServer implements AutoCloseable {
    private static final long MAX_BODY_SIZE = 1024L * 1024 * 1024;
    private static final long MIN_BUFFERED_BYTES = 1024;
    private static final Duration MIN_TIMEOUT = Duration.ofMillis(1);
    private static final Duration MAX_TIMEOUT = Duration.ofDays(1);

    private final Listener listener;

    private UndertowServer(Listener listener) {
        this.listener = listener;
    }

    /** Returns a builder of a server with the default limits, on any free port of all addresses. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns the address that it listens on, with the port that it got if 0 was set. */
    public InetSocketAddress address() {
        return listener.address();
    }

    /** Returns the readings of the server. */
    public ServerStats stats() {
        return listener.stats();
    }

    /**
     * Stops listening, and drains: blocks until every connection has its responses and is closed, or the timeout for that has
     * passed, after which the rest is closed. Does nothing the second time, but blocks as long as the first.
     */
    @Override
    public void close() {
        listener.close();
    }

    /** Collects the settings of an {@link UndertowServer}. Timeouts are 1 ms to 1 day, those for draining from 0. Not thread-safe. */
    public static final class Builder {
        private String name = "tollgate-http";
        private String host = "0.0.0.0";
        private int port;
        private int ioThreads = Math.max(2, Runtime.getRuntime().availableProcessors());
        private int maxConnections = Capacity.connections();
        private int maxPerAddress;
        private List<AddressRange> trustedProxies = List.of();
        private long maxBufferedBytes = Capacity.bufferedBytes();
        private int maxHeaderSize = 16 * 1024;
        private int maxHeaders = 128;
        private int maxParameters = 256;
        private Duration headTimeout = Duration.ofSeconds(30);
        private long maxBodySize = 64 * 1024;
        private Duration bodyTimeout = Duration.ofSeconds(30);
        private Duration writeTimeout = Duration.ofSeconds(30);
        private int sendBufferSize;
        private Duration idleTimeout = Duration.ofSeconds(60);
        private Duration drainTimeout = Duration.ofSeconds(30);
        private Duration drainIdleTimeout = Duration.ofSeconds(5);
        private ErrorRenderer errors = ErrorRenderer.envelope();
        private @Nullable HttpEndpoint endpoint;
        private @Nullable ServerEndpoint exchanges;
        private @Nullable UnreadableResponder unreadable;

        private Builder() {}

        /** Sets the name of the server's threads. */
        public Builder name(String name) {
            this.name = requireNonNull(name, "name");
            return this;
        }

        /** Sets the address to listen on, or the name of one; by default all addresses. */
        public Builder host(String host) {
            this.host = requireNonNull(host, "host");
            return this;
        }

        /** Sets the port to listen on, 0 to 65535; by default 0, any free port. */
        public Builder port(int port) {
            this.port = within("port", port, 0, 65_535);
            return this;
        }

        /**
         * Sets the number of I/O threads, 1 to 256; by default that of the processors, but at least 2. New connections wait while
         * one of them has more to open than it gets to, so an endpoint that blocks one keeps all new clients waiting.
         */
        public Builder ioThreads(int ioThreads) {
            this.ioThreads = within("ioThreads", ioThreads, 1, 256);
            return this;
        }

        /**
         * Sets the maximum number of connections, 1 to 1,000,000. At the maximum, the connection that has been idle or
         * unfinished for longest is closed for a new one. By default one for each 32 KiB of heap and of direct memory, but no
         * more than two thirds of the file descriptors.
         */
        public Builder maxConnections(int maxConnections) {
            this.maxConnections = within("maxConnections", maxConnections, 1, 1_000_000);
            return this;
        }

        /** Sets the maximum number of connections from one address, or one IPv6 /64; by default a quarter of all. */
        public Builder maxConnectionsPerAddress(int maxConnectionsPerAddress) {
            this.maxPerAddress = within("maxConnectionsPerAddress", maxConnectionsPerAddress, 1, 1_000_000);
            return this;
        }

        /** Sets proxies, whose connections count among all, but not for their addresses; by default none. */
        public Builder trustedProxies(List<AddressRange> trustedProxies) {
            this.trustedProxies = List.copyOf(trustedProxies);
            return this;
        }

        /**
         * Sets the maximum of heap for all unfinished heads and for all bodies together, in bytes, at least 1 KiB. Bodies of up to
         * 4 KiB that arrive together with their heads do not count. At the maximum, the connection with the oldest unfinished head
         * or body is closed; a request that is larger than the maximum by itself is rejected. By default an eighth of the heap.
         */
        public Builder maxBufferedBytes(long maxBufferedBytes) {
            if (maxBufferedBytes < MIN_BUFFERED_BYTES) {
                throw new IllegalArgumentException(
                        "maxBufferedBytes: " + maxBufferedBytes + " (expected: at least " + MIN_BUFFERED_BYTES + ")");
            }
            this.maxBufferedBytes = maxBufferedBytes;
            return this;
        }

        /** Sets the maximum size of the head of a request, in bytes; by default 16 KiB. */
        public Builder maxHeaderSize(int maxHeaderSize) {
            this.maxHeaderSize = within("maxHeaderSize", maxHeaderSize, 256, 1024 * 1024);
            return this;
        }

        /** Sets the maximum number of header lines of a request; by default 128. */
        public Builder maxHeaders(int maxHeaders) {
            this.maxHeaders = within("maxHeaders", maxHeaders, 1, 10_000);
            return this;
        }

        /** Sets the maximum number of parameters in the query of a request; by default 256. */
        public Builder maxParameters(int maxParameters) {
            this.maxParameters = within("maxParameters", maxParameters, 1, 10_000);
            return this;
        }

        /** Sets the timeout for the arrival of a head, once its first byte is there; by default 30 s. */
        public Builder headTimeout(Duration headTimeout) {
            this.headTimeout = within("headTimeout", headTimeout, MIN_TIMEOUT);
            return this;
        }

        /** Sets the maximum size of the body of a request, in bytes; by default 64 KiB. */
        public Builder maxBodySize(long maxBodySize) {
            if (maxBodySize < 0 || maxBodySize > MAX_BODY_SIZE) {
                throw new IllegalArgumentException(
                        "maxBodySize: " + maxBodySize + " (expected: 0 to " + MAX_BODY_SIZE + ")");
            }
            this.maxBodySize = maxBodySize;
            return this;
        }

        /** Sets the timeout for the arrival of a body, once an endpoint reads it; by default 30 s. */
        public Builder bodyTimeout(Duration bodyTimeout) {
            this.bodyTimeout = within("bodyTimeout", bodyTimeout, MIN_TIMEOUT);
            return this;
        }

        /** Sets the timeout for a client to take a response, or one buffer of a stream; by default 30 s. */
        public Builder writeTimeout(Duration writeTimeout) {
            this.writeTimeout = within("writeTimeout", writeTimeout, MIN_TIMEOUT);
            return this;
        }

        /**
         * Sets the size of the system's send buffer of each connection, in bytes; by default the system chooses. What a client
         * does not take stays there unnoticed.
         */
        public Builder sendBufferSize(int sendBufferSize) {
            this.sendBufferSize = within("sendBufferSize", sendBufferSize, 1024, 64 * 1024 * 1024);
            return this;
        }

        /** Sets the timeout after which a connection without a request is closed; by default 60 s. */
        public Builder idleTimeout(Duration idleTimeout) {
            this.idleTimeout = within("idleTimeout", idleTimeout, MIN_TIMEOUT);
            return this;
        }

        /** Sets the timeout of {@link UndertowServer#close} for in-flight requests; by default 30 s. */
        public Builder drainTimeout(Duration drainTimeout) {
            this.drainTimeout = within("drainTimeout", drainTimeout, Duration.ZERO);
            return this;
        }

        /**
         * Sets the timeout of {@link UndertowServer#close} for connections without a request, which get one more response if
         * they send one before; by default 5 s.
         */
        public Builder drainIdleTimeout(Duration drainIdleTimeout) {
            this.drainIdleTimeout = within("drainIdleTimeout", drainIdleTimeout, Duration.ZERO);
            return this;
        }

        /** Sets the endpoint that responds to requests. This or {@link #exchanges} is required. */
        public Builder endpoint(HttpEndpoint endpoint) {
            this.endpoint = requireNonNull(endpoint, "endpoint");
            this.exchanges = null;
            return this;
        }

        /** Sets an endpoint that takes part in the course of each exchange, in place of {@link #endpoint}. */
        public Builder exchanges(ServerEndpoint exchanges) {
            this.exchanges = requireNonNull(exchanges, "exchanges");
            this.endpoint = null;
            return this;
        }

        /** Sets the renderer of failures of {@link #endpoint}, and of unreadable requests; by default the error envelope. */
        public Builder errors(ErrorRenderer errors) {
            this.errors = requireNonNull(errors, "errors");
            return this;
        }

        /** Sets the responder to unreadable requests; by default {@link #errors} renders the response. */
        public Builder unreadable(UnreadableResponder unreadable) {
            this.unreadable = requireNonNull(unreadable, "unreadable");
            return this;
        }

        /**
         * Listens.
         *
         * @throws IllegalStateException if there is no endpoint
         * @throws IOException with a message of one line if the address cannot be listened on; nothing stays open then
         */
        public UndertowServer start() throws IOException {
            return new UndertowServer(Listener.start(settings(), application(), responder()));
        }

        private ServerSettings settings() {
            return new ServerSettings(
                    name,
                    host,
                    port,
                    ioThreads,
                    new ServerSettings.Occupants(
                            maxConnections,
                            maxPerAddress > 0 ? maxPerAddress : (maxConnections + 3) / 4,
                            trustedProxies,
                            maxBufferedBytes),
                    new ServerSettings.Heads(maxHeaderSize, maxHeaders, maxParameters, headTimeout),
                    new ServerSettings.Limits(maxBodySize, bodyTimeout, writeTimeout, sendBufferSize),
                    idleTimeout,
                    drainTimeout,
                    drainIdleTimeout);
        }

        private ServerEndpoint application() {
            if (exchanges != null) {
                return exchanges;
            }
            HttpEndpoint simple = endpoint;
            if (simple == null) {
                throw new IllegalStateException("endpoint must be set");
            }
            ErrorRenderer renderer = errors;
            return request -> new EndpointExchange(simple, renderer, request);
        }

        private UnreadableResponder responder() {
            if (unreadable != null) {
                return unreadable;
            }
            ErrorRenderer renderer = errors;
            return (error, peer) -> renderer.render(error, UnreadableResponder.head(peer), "-");
        }

        private static int within(String name, int value, int min, int max) {
            if (value < min || value > max) {
                throw new IllegalArgumentException(name + ": " + value + " (expected: " + min + " to " + max + ")");
            }
            return value;
        }

        private static Duration within(String name, Duration value, Duration min) {
            if (value.compareTo(min) < 0 || value.compareTo(MAX_TIMEOUT) > 0) {
                throw new IllegalArgumentException(
                        name + ": " + value + " (expected: " + min + " to " + MAX_TIMEOUT + ")");
            }
            return value;
        }
    }
}
