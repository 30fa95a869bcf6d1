package io.tollgate.grpc;

import static io.tollgate.grpc.Expect.within;
import static java.util.Objects.requireNonNull;

import io.grpc.ChannelCredentials;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.TlsChannelCredentials;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection to one service behind the gateway: where it is, how long a call may take, which calls are retried, and
 * a circuit breaker that spares it while it is in trouble. Any number of gateways may share one. Thread-safe.
 *
 * <p>It connects with the first call, or with {@link #connect()}, and again whenever the connection is lost. Addresses
 * come from DNS. Retried are only calls that end with {@code UNAVAILABLE}, at most twice, after a short and growing
 * pause and within their deadline: logins, and purchases where {@linkplain Builder#idempotent they may be}.
 */
public final class Upstream implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Upstream.class);

    private final String name;
    private final ManagedChannel channel;
    private final Breaker breaker;
    private final Calls calls;
    private final Duration closeTimeout;

    private Upstream(Builder builder) {
        this.name = builder.name;
        this.channel = builder.channel();
        this.breaker = builder.breaker == null ? Breaker.OFF : new Breaker(name, builder.breaker);
        this.calls = new Calls(
                name, ClientInterceptors.intercept(channel, builder.interceptors()), builder.deadline, breaker);
        this.closeTimeout = builder.closeTimeout;
    }

    /**
     * Starts the description of a service.
     *
     * @param name what the log calls it, such as {@code user-service}; not blank
     * @param host a name to look up in DNS, or an IP address
     * @param port 1 to 65535
     */
    public static Builder builder(String name, String host, int port) {
        return new Builder(name, host, port);
    }

    /** What the log calls it. */
    public String name() {
        return name;
    }

    /** Whether there is a connection at the moment. */
    public Connectivity connectivity() {
        return Connectivity.valueOf(channel.getState(false).name());
    }

    /** Makes a connection if there is none and none is on its way; returns at once. */
    public void connect() {
        channel.getState(true);
    }

    /** Whether calls are let through at the moment. */
    public BreakerState breakerState() {
        return breaker.state();
    }

    /**
     * Accepts no more calls, lets those in flight finish for the time given to the builder, and then ends them. Blocks
     * until then; not to be called from a stage of one of its calls. Does nothing the second time. An interrupt ends the
     * calls at once and stays set.
     */
    @Override
    public void close() {
        channel.shutdown();
        try {
            if (!channel.awaitTermination(closeTimeout.toNanos(), TimeUnit.NANOSECONDS)) {
                log.warn("{}: calls still in flight {} ms after closing are ended", name, closeTimeout.toMillis());
                channel.shutdownNow().awaitTermination(1, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            channel.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    /** The name, where it is, and its states. */
    @Override
    public String toString() {
        return "Upstream[" + name + ", " + channel.authority() + ", " + connectivity() + ", breaker " + breakerState()
                + "]";
    }

    Calls calls() {
        return calls;
    }

    /** Describes an {@link Upstream}. Each setter refuses what cannot be right. Not thread-safe. */
    public static final class Builder {
        private static final Pattern HOST_NAME = Pattern.compile("[A-Za-z0-9_]([A-Za-z0-9._-]{0,252}[A-Za-z0-9_.])?");
        private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]{2,45}");

        private final String name;
        private final String authority;
        private Duration deadline = Calls.DEFAULT_DEADLINE;
        private Duration keepaliveTime = Duration.ofSeconds(30);
        private Duration keepaliveTimeout = Duration.ofSeconds(5);
        private boolean keepalivePermitWithoutStream = true;
        private int maxInboundMessageSize = 4 << 20;
        private Duration closeTimeout = Calls.DEFAULT_DEADLINE;
        private ChannelCredentials credentials = InsecureChannelCredentials.create();
        private boolean idempotent;
        private boolean roundRobin;
        private final List<ClientInterceptor> interceptors = new ArrayList<>();
        private @Nullable BreakerSettings breaker = BreakerSettings.defaults();

        private Builder(String name, String host, int port) {
            if (requireNonNull(name, "name").isBlank()) {
                throw new IllegalArgumentException("name: \"" + name + "\" (expected: not blank)");
            }
            this.name = name;
            this.authority = host(requireNonNull(host, "host")) + ":" + within("port", port, 1, 65_535);
        }

        /** How long a call may take, retries included, 1 millisecond to 1 hour, by default 5 seconds; an earlier deadline of a call's context wins. */
        public Builder deadline(Duration value) {
            this.deadline = within("deadline", value, Duration.ofMillis(1), Calls.LONGEST_DEADLINE);
            return this;
        }

        /**
         * After how long without a sign of life the connection is probed, 10 seconds to 1 day, by default 30 seconds. The
         * service must permit it: gRPC servers end connections that are probed more often than every 5 minutes, unless
         * told otherwise.
         */
        public Builder keepaliveTime(Duration value) {
            this.keepaliveTime = within("keepaliveTime", value, Duration.ofSeconds(10), Duration.ofDays(1));
            return this;
        }

        /** How long a probe may go unanswered before the connection counts as lost, 10 milliseconds to 1 hour, by default 5 seconds. */
        public Builder keepaliveTimeout(Duration value) {
            this.keepaliveTimeout = within("keepaliveTimeout", value, Duration.ofMillis(10), Duration.ofHours(1));
            return this;
        }

        /** Whether the connection is probed while no call is in flight, by default it is. */
        public Builder keepalivePermitWithoutStream(boolean value) {
            this.keepalivePermitWithoutStream = value;
            return this;
        }

        /** The largest answer that is read, in bytes, 1 KiB to 64 MiB, by default 4 MiB; a call with a larger one fails. */
        public Builder maxInboundMessageSize(int bytes) {
            this.maxInboundMessageSize = within("maxInboundMessageSize", bytes, 1 << 10, 64 << 20);
            return this;
        }

        /** How long {@link Upstream#close()} lets calls in flight finish, 0 to 1 hour, by default 5 seconds. */
        public Builder closeTimeout(Duration value) {
            this.closeTimeout = within("closeTimeout", value, Duration.ZERO, Duration.ofHours(1));
            return this;
        }

        /** Speaks TLS, and trusts whom the JVM trusts; by default it speaks plain text. */
        public Builder tls() {
            return credentials(TlsChannelCredentials.create());
        }

        /** Speaks as {@code value} says: TLS with a private authority, or with a certificate of the gateway's own. */
        public Builder credentials(ChannelCredentials value) {
            this.credentials = requireNonNull(value, "value");
            return this;
        }

        /**
         * Whether the service honours idempotency keys, by default it is taken not to. Only then a purchase that may have
         * reached it is retried.
         */
        public Builder idempotent(boolean value) {
            this.idempotent = value;
            return this;
        }

        /** Whether calls are spread over all addresses that DNS gives, by default they go to the first that answers. */
        public Builder roundRobin(boolean value) {
            this.roundRobin = value;
            return this;
        }

        /** When the circuit breaker opens and closes; by default {@link BreakerSettings#defaults()}. */
        public Builder breaker(BreakerSettings value) {
            this.breaker = requireNonNull(value, "value");
            return this;
        }

        /** Lets every call through, however many fail. */
        public Builder withoutBreaker() {
            this.breaker = null;
            return this;
        }

        /**
         * Has {@code added} see every call, to measure it, trace it or add to its metadata: around all else, so that one
         * call with its retries is one, and on the threads of the channel, which must not be blocked. The first that is
         * added is the outermost. Calls that the breaker refuses, or whose time is up before they are made, do not come
         * by. An interceptor that throws fails its call.
         */
        public Builder intercept(ClientInterceptor... added) {
            for (ClientInterceptor interceptor : added) {
                interceptors.add(requireNonNull(interceptor, "interceptor"));
            }
            return this;
        }

        /** The upstream, not connected yet. */
        public Upstream build() {
            return new Upstream(this);
        }

        /** The outermost last, as gRPC wants them. */
        private List<ClientInterceptor> interceptors() {
            List<ClientInterceptor> innermostFirst = new ArrayList<>(interceptors);
            Collections.reverse(innermostFirst);
            return innermostFirst;
        }

        private ManagedChannel channel() {
            // The brackets of an IPv6 address have no place in the path of a URI.
            String path = authority.replace("[", "%5B").replace("]", "%5D");
            return Grpc.newChannelBuilder("dns:///" + path, credentials)
                    .directExecutor()
                    .keepAliveTime(keepaliveTime.toNanos(), TimeUnit.NANOSECONDS)
                    .keepAliveTimeout(keepaliveTimeout.toNanos(), TimeUnit.NANOSECONDS)
                    .keepAliveWithoutCalls(keepalivePermitWithoutStream)
                    .maxInboundMessageSize(maxInboundMessageSize)
                    .disableServiceConfigLookUp()
                    .defaultServiceConfig(ServiceConfig.of(idempotent, roundRobin))
                    .build();
        }

        private static String host(String host) {
            if (HOST_NAME.matcher(host).matches()) {
                return host;
            }
            String bare = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
            if (bare.indexOf(':') >= 0 && IPV6.matcher(bare).matches()) {
                return "[" + bare + "]";
            }
            throw new IllegalArgumentException(
                    "host: \"" + host + "\" (expected: a host name or an IP address, without a scheme or a port)");
        }
    }
}
