package io.tollgate.grpc;

import static io.tollgate.grpc.Expect.within;
import static java.util.Objects.requireNonNull;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ChannelCredentials;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.TlsChannelCredentials;
import io.tollgate.api.CallContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection to one gRPC service: its address, its deadline, the methods that are retried, and a circuit breaker that spares
 * it while it fails. Thread-safe; share one between all that call the service.
 *
 * <p>There are two ways to call a service of your own. A generated stub on {@link #channel()}:
 *
 * <pre>{@code
 * Upstream upstream = Upstream.builder("library", "localhost", 50053)
 *         .retry(LibraryServiceGrpc.getGetBookMethod())
 *         .build();
 * Book book = LibraryServiceGrpc.newBlockingStub(upstream.channel())
 *         .withOption(Upstream.CALL_CONTEXT, context)
 *         .getBook(request);
 * }</pre>
 *
 * <p>And without a stub and without blocking, by {@link #call} for one response and {@link #stream} for many:
 *
 * <pre>{@code
 * CompletionStage<Book> book = upstream.call(LibraryServiceGrpc.getGetBookMethod(), request, context);
 * Flow.Publisher<Book> books = upstream.stream(LibraryServiceGrpc.getListBooksMethod(), request, context);
 * }</pre>
 *
 * <p>It connects with the first call, or with {@link #connect()}, and again whenever the connection is lost: about once a
 * second, however long the outage, so that a service is used again about a second after it is back. Addresses come from
 * DNS. It retries only {@linkplain Builder#retry the methods that are named}, only calls that fail with {@code UNAVAILABLE}, at
 * most twice, after a short and growing pause, within their deadline and a {@linkplain Builder#retryBudget budget}.
 */
public final class Upstream implements AutoCloseable {
    /**
     * The option that gives a call through {@link #channel()} its context: the request id and the headers to propagate, an
     * earlier deadline, and cancellation.
     */
    public static final CallOptions.Key<CallContext> CALL_CONTEXT = CallOptions.Key.create("tollgate-call-context");

    /**
     * The option that lets a call through {@link #channel()} be made again, as if its method were named in {@link
     * Builder#retry}: for callers that learn at run time which methods may be handled twice.
     */
    public static final CallOptions.Key<Boolean> RETRY = CallOptions.Key.createWithDefault("tollgate-retry", false);

    private static final Logger log = LoggerFactory.getLogger(Upstream.class);

    private final String name;
    private final ManagedChannel connection;
    private final Timer.Real timer;
    private final Retries retries;
    private final Calls calls;
    private final Channel channel;
    private final Duration closeTimeout;

    private Upstream(Builder builder) {
        this.name = builder.name;
        this.connection = builder.connection();
        this.timer = Timer.ofThread(name);
        this.retries = new Retries(builder.retried, new RetryBudget(builder.retryBudget, System::nanoTime), timer);
        Breaker breaker = builder.breaker == null ? Breaker.off() : new Breaker(name, builder.breaker);
        this.calls = Calls.of(
                name,
                ClientInterceptors.intercept(connection, builder.interceptors(retries)),
                builder.deadline,
                breaker);
        this.channel = new UpstreamChannel(calls);
        this.closeTimeout = builder.closeTimeout;
        Reconnector reconnector = new Reconnector(
                connection,
                timer,
                builder.reconnectInterval,
                builder.connectTimeout,
                builder.deadline,
                breaker::reconnected);
        breaker.onSilence(reconnector::replace);
        reconnector.start();
    }

    /**
     * Starts the description of a service.
     *
     * @param name the name of the service in the log, such as {@code user-service}; not blank
     * @param host a name to look up in DNS, or an IP address
     * @param port 1 to 65535
     */
    public static Builder builder(String name, String host, int port) {
        return new Builder(name, host, port);
    }

    /** Returns the name of the service in the log. */
    public String name() {
        return name;
    }

    /**
     * Returns a channel for any generated stub of the service. Calls through it pass the circuit breaker, the interceptors and the
     * retries of this upstream. Its deadline bounds unary calls; calls that stream have the deadline of the stub or of their
     * {@linkplain #CALL_CONTEXT context}, if there is one. {@link GrpcErrors#from(Throwable)} turns the exceptions of a
     * stub into a {@code GatewayException}.
     *
     * <p>Callbacks of asynchronous stubs run on the event loop of the connection, which they must not block, unless the stub has
     * an executor of its own ({@code withExecutor}). A call that is not made (the breaker is open, its time has passed, its
     * context is cancelled) fails on the thread that starts it. The channel closes with the upstream.
     */
    public Channel channel() {
        return channel;
    }

    /**
     * Returns a channel over another that is no upstream's, whose calls take {@link #CALL_CONTEXT} too, and whose failures {@link
     * GrpcErrors} can tell from those of a service. It has no circuit breaker, no retries and, but for the hour that a call with
     * one response may take, no deadline. The channel of an upstream is returned as it is.
     *
     * @param channel stays the caller's to close
     */
    public static Channel over(Channel channel) {
        return channel instanceof UpstreamChannel
                ? channel
                : new UpstreamChannel(Calls.of("a service", channel, Calls.LONGEST_DEADLINE, Breaker.off()));
    }

    /**
     * Calls a method with one request and one response. Every failure is a {@code GatewayException}, as
     * {@link GrpcErrors#from(io.grpc.Status, io.grpc.Metadata)} returns it.
     *
     * @param context the request id and the headers to propagate, a deadline earlier than that of the upstream, and cancellation
     * @return a stage that completes on the event loop of the connection, which dependents must not block, on the thread that
     *     calls or cancels, on the timer of the retries, or on the thread that closes the upstream
     * @throws IllegalArgumentException if the method is not unary
     */
    public <ReqT, RespT> CompletionStage<RespT> call(
            MethodDescriptor<ReqT, RespT> method, ReqT request, CallContext context) {
        expect(MethodType.UNARY, method);
        return calls.unary(
                method,
                requireNonNull(request, "request"),
                requireNonNull(context, "context"),
                Function.identity(),
                GrpcErrors::of);
    }

    /**
     * Calls a method with one request and a stream of responses. Each subscription makes a call of its own, and cancelling the
     * subscription cancels the call. The service sends as much as the subscriber requests and the flow control of the connection
     * holds, so that a slow subscriber slows the service down; nothing else is buffered.
     *
     * <p>Failures arrive in {@code onError} as a {@code GatewayException}, those of a call that is not made included. The
     * subscriber is called on the event loop of the connection, which it must not block, or on the thread that subscribes or
     * cancels the context. The stream has the deadline of its context, and none of the upstream. The circuit breaker counts it as
     * a success with its first response.
     *
     * @param context the request id and the headers to propagate, a deadline for all of the stream, and cancellation
     * @throws IllegalArgumentException if the method is not server streaming
     */
    public <ReqT, RespT> Flow.Publisher<RespT> stream(
            MethodDescriptor<ReqT, RespT> method, ReqT request, CallContext context) {
        expect(MethodType.SERVER_STREAMING, method);
        requireNonNull(request, "request");
        requireNonNull(context, "context");
        return subscriber ->
                StreamCall.start(calls, method, request, context, requireNonNull(subscriber, "subscriber"));
    }

    /** Returns each address that is called, with the state of its connection; today there is one. */
    public List<Backend> backends() {
        return List.of(new Backend(connection.authority(), connectivity()));
    }

    /** Returns the state of the connection. */
    public Connectivity connectivity() {
        return Connectivity.valueOf(connection.getState(false).name());
    }

    /** Makes a connection if there is none and none is on its way; returns at once. */
    public void connect() {
        connection.getState(true);
    }

    /** Returns the state of the circuit breaker. */
    public BreakerState breakerState() {
        return calls.breaker().state();
    }

    /** Returns the number of calls that were sent again so far, each attempt after the first counted. */
    public long retries() {
        return retries.budget().retried();
    }

    /** Returns the number of retries that the {@linkplain Builder#retryBudget budget} did not allow so far. */
    public long retriesWithheld() {
        return retries.budget().withheld();
    }

    /**
     * Accepts no more calls, lets those in flight finish for the time given to the builder, and then ends them. Blocks
     * until then; not to be called from a stage of one of its calls. Does nothing the second time. An interrupt ends the
     * calls at once and stays set.
     */
    @Override
    public void close() {
        connection.shutdown();
        retries.close();
        timer.close();
        try {
            if (!connection.awaitTermination(closeTimeout.toNanos(), TimeUnit.NANOSECONDS)) {
                log.warn("{}: calls still in flight {} ms after closing are ended", name, closeTimeout.toMillis());
                connection.shutdownNow().awaitTermination(1, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            connection.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    /** Returns the name, the address, and the states of the connection and of the circuit breaker. */
    @Override
    public String toString() {
        return "Upstream[" + name + ", " + connection.authority() + ", " + connectivity() + ", breaker "
                + breakerState() + "]";
    }

    Calls calls() {
        return calls;
    }

    private static void expect(MethodType expected, MethodDescriptor<?, ?> method) {
        if (method.getType() != expected) {
            throw new IllegalArgumentException("method: " + method.getFullMethodName() + " is " + method.getType()
                    + " (expected: " + expected + ")");
        }
    }

    /** Describes an {@link Upstream}. Each setter rejects values that cannot be right. Not thread-safe. */
    public static final class Builder {
        private static final Pattern METHOD =
                Pattern.compile("[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*)*/[A-Za-z_][A-Za-z0-9_]*");

        private final String name;
        private final String authority;
        private Duration deadline = Calls.DEFAULT_DEADLINE;
        private Duration keepaliveTime = Duration.ofSeconds(30);
        private Duration keepaliveTimeout = Duration.ofSeconds(5);
        private boolean keepalivePermitWithoutStream = true;
        private int maxInboundMessageSize = 4 << 20;
        private Duration closeTimeout = Calls.DEFAULT_DEADLINE;
        private ChannelCredentials credentials = InsecureChannelCredentials.create();
        private final Set<String> retried = new LinkedHashSet<>();
        private int retryBudget = RetryBudget.DEFAULT_PERCENT;
        private Duration reconnectInterval = Reconnector.INTERVAL;
        private Duration connectTimeout = Reconnector.CONNECT_TIMEOUT;
        private boolean roundRobin;
        private final List<ClientInterceptor> interceptors = new ArrayList<>();
        private @Nullable BreakerSettings breaker = BreakerSettings.defaults();

        private Builder(String name, String host, int port) {
            if (requireNonNull(name, "name").isBlank()) {
                throw new IllegalArgumentException("name: \"" + name + "\" (expected: not blank)");
            }
            this.name = name;
            this.authority = Authority.of(host, port);
        }

        /**
         * Bounds the time of a call with one response, retries included: 1 millisecond to 1 hour, by default 5 seconds. An earlier
         * deadline of the call's context, or of its stub, wins.
         */
        public Builder deadline(Duration value) {
            this.deadline = within("deadline", value, Duration.ofMillis(1), Calls.LONGEST_DEADLINE);
            return this;
        }

        /**
         * Probes the connection after this time without a sign of life, 10 seconds to 1 day, by default 30 seconds. The
         * service must permit it: gRPC servers end connections that are probed more often than every 5 minutes, unless
         * they are configured otherwise.
         */
        public Builder keepaliveTime(Duration value) {
            this.keepaliveTime = within("keepaliveTime", value, Duration.ofSeconds(10), Duration.ofDays(1));
            return this;
        }

        /** Takes the connection for lost if a probe has no response for this time, 10 milliseconds to 1 hour, by default 5 seconds. */
        public Builder keepaliveTimeout(Duration value) {
            this.keepaliveTimeout = within("keepaliveTimeout", value, Duration.ofMillis(10), Duration.ofHours(1));
            return this;
        }

        /** Probes the connection also while no call is in flight, or not; by default it does. */
        public Builder keepalivePermitWithoutStream(boolean value) {
            this.keepalivePermitWithoutStream = value;
            return this;
        }

        /** Limits the size of a response in bytes, 1 KiB to 64 MiB, by default 4 MiB; a call with a larger one fails. */
        public Builder maxInboundMessageSize(int bytes) {
            this.maxInboundMessageSize = within("maxInboundMessageSize", bytes, 1 << 10, 64 << 20);
            return this;
        }

        /** Sets the time that {@link Upstream#close()} gives to calls in flight, 0 to 1 hour, by default 5 seconds. */
        public Builder closeTimeout(Duration value) {
            this.closeTimeout = within("closeTimeout", value, Duration.ZERO, Duration.ofHours(1));
            return this;
        }

        /** Speaks TLS, and trusts the authorities that the JVM trusts; by default it speaks plain text. */
        public Builder tls() {
            return credentials(TlsChannelCredentials.create());
        }

        /** Speaks TLS with the private authority or the client certificate of {@code value}. */
        public Builder credentials(ChannelCredentials value) {
            this.credentials = requireNonNull(value, "value");
            return this;
        }

        /**
         * Retries calls of these methods when they fail with {@code UNAVAILABLE}, which may mean that the service has handled
         * them: name only methods that may be handled twice. By default none is retried, except where the service certainly never
         * saw the call, which gRPC sends again by itself. A pause that the service requests ({@code RetryInfo},
         * {@code grpc-retry-pushback-ms}) is kept.
         *
         * @throws IllegalArgumentException if a method takes more than one request: those would have to be kept in memory
         */
        public Builder retry(MethodDescriptor<?, ?>... methods) {
            for (MethodDescriptor<?, ?> method : methods) {
                if (!method.getType().clientSendsOneMessage()) {
                    throw new IllegalArgumentException("method: " + method.getFullMethodName() + " is "
                            + method.getType() + " (expected: one request)");
                }
                retry(method.getFullMethodName());
            }
            return this;
        }

        /**
         * Retries methods by their full names, such as {@code order.OrderService/PurchaseTicket}. Calls of those that take more
         * than one request are made once.
         */
        public Builder retry(String... fullMethodNames) {
            for (String method : fullMethodNames) {
                if (!METHOD.matcher(method).matches()) {
                    throw new IllegalArgumentException("method: \"" + method
                            + "\" (expected: a full method name, such as order.OrderService/PurchaseTicket)");
                }
                retried.add(method);
            }
            return this;
        }

        /**
         * Limits retries to a share of the calls that may be retried, in percent, 0 to 100, by default 10: a service that fails
         * since it has too much to do must not get three times as much. It is counted over 10 seconds, and beside it one
         * retry a second is always allowed, so that rare calls have theirs. With 0 nothing is retried.
         */
        public Builder retryBudget(int percent) {
            this.retryBudget = within("retryBudget", percent, 0, 100);
            return this;
        }

        /**
         * Gives an attempt to connect up after this time, the handshakes of TLS and HTTP/2 included, and makes another: 100
         * milliseconds to 1 minute, by default 2 seconds.
         */
        public Builder connectTimeout(Duration value) {
            this.connectTimeout = within("connectTimeout", value, Duration.ofMillis(100), Duration.ofMinutes(1));
            return this;
        }

        /** Sets the time between two attempts to connect; for tests, which have not that much time. */
        Builder reconnectInterval(Duration value) {
            this.reconnectInterval = value;
            return this;
        }

        /** Spreads calls over all addresses that DNS has, or not; by default they all go to one that can be reached. */
        public Builder roundRobin(boolean value) {
            this.roundRobin = value;
            return this;
        }

        /** Configures the circuit breaker; by default it has {@link BreakerSettings#defaults()}. */
        public Builder breaker(BreakerSettings value) {
            this.breaker = requireNonNull(value, "value");
            return this;
        }

        /** Disables the circuit breaker. */
        public Builder withoutBreaker() {
            this.breaker = null;
            return this;
        }

        /**
         * Adds interceptors that see every call, to measure it, trace it or add to its metadata: around all else, so that one
         * call with its retries is one, and on the threads of the channel, which must not be blocked. The first that is
         * added is the outermost. They do not see calls that the breaker rejects or whose
         * time is up before they are made. An interceptor that throws fails its call.
         */
        public Builder intercept(ClientInterceptor... added) {
            for (ClientInterceptor interceptor : added) {
                interceptors.add(requireNonNull(interceptor, "interceptor"));
            }
            return this;
        }

        /** Returns the upstream, not connected yet. */
        public Upstream build() {
            return new Upstream(this);
        }

        /** Returns the interceptors with the outermost last, the order of gRPC. */
        private List<ClientInterceptor> interceptors(ClientInterceptor innermost) {
            List<ClientInterceptor> innermostLast = new ArrayList<>(interceptors);
            innermostLast.add(innermost);
            Collections.reverse(innermostLast);
            return innermostLast;
        }

        private ManagedChannel connection() {
            // The brackets of an IPv6 address have no place in the path of a URI.
            String path = authority.replace("[", "%5B").replace("]", "%5D");
            return Grpc.newChannelBuilder("dns:///" + path, credentials)
                    .directExecutor()
                    .keepAliveTime(keepaliveTime.toNanos(), TimeUnit.NANOSECONDS)
                    .keepAliveTimeout(keepaliveTimeout.toNanos(), TimeUnit.NANOSECONDS)
                    .keepAliveWithoutCalls(keepalivePermitWithoutStream)
                    .maxInboundMessageSize(maxInboundMessageSize)
                    .disableServiceConfigLookUp()
                    .defaultServiceConfig(Map.of("loadBalancingConfig", List.of(loadBalancing())))
                    .build();
        }

        private Map<String, ?> loadBalancing() {
            // An attempt that is given up must not always be made with the same address.
            return roundRobin
                    ? Map.of("round_robin", Map.of())
                    : Map.of("pick_first", Map.of("shuffleAddressList", true));
        }
    }
}
