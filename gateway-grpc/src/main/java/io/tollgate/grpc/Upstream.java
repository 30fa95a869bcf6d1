package io.tollgate.grpc;

import static java.util.Objects.requireNonNull;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.LoadBalancerRegistry;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.NameResolverRegistry;
import io.tollgate.api.CallContext;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections to one gRPC service: its backends, its deadline, the methods that are retried, and a circuit breaker that spares
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
 * <p>A service has one backend or many: all addresses that DNS has for its host, and those of each {@linkplain UpstreamBuilder#backend
 * backend} that is added. Names are looked up again in an {@linkplain UpstreamBuilder#resolveInterval interval}, and when a backend is
 * lost. It connects with the first call, or with {@link #connect()}, and again whenever a connection is lost: about once a
 * second, however long the outage, so that a backend is used again about a second after it is back. A backend that is
 * connected and does not respond is found out within two seconds while calls wait for it, and gets none until it responds again.
 *
 * <p>It retries only {@linkplain UpstreamBuilder#retry the methods that are named}, only calls that fail with {@code UNAVAILABLE}, at
 * most twice, after a short and growing pause, within their deadline and a {@linkplain UpstreamBuilder#retryBudget budget}.
 */
public final class Upstream implements AutoCloseable {
    /**
     * The option that gives a call through {@link #channel()} its context: the request id and the headers to propagate, an
     * earlier deadline, and cancellation.
     */
    public static final CallOptions.Key<CallContext> CALL_CONTEXT = CallOptions.Key.create("tollgate-call-context");

    /**
     * The option that lets a call through {@link #channel()} be made again, as if its method were named in {@link
     * UpstreamBuilder#retry}: for callers that learn at run time which methods may be handled twice.
     */
    public static final CallOptions.Key<Boolean> RETRY = CallOptions.Key.createWithDefault("tollgate-retry", false);

    private static final Logger log = LoggerFactory.getLogger(Upstream.class);

    /** Makes the names by which gRPC finds the parts of one upstream, which it looks for in two registries of the process. */
    private static final AtomicLong NUMBER = new AtomicLong();

    private final String name;
    private final Addresses addresses;
    private final Backends backends;
    private final ServiceResolver.Provider resolvers;
    private final ManagedChannel connection;
    private final Timer.Real timer;
    private final SharedDeadlines deadlines;
    private final Retries retries;
    private final Calls calls;
    private final Channel channel;
    private final Duration closeTimeout;
    private final AtomicLong reconnections = new AtomicLong();

    Upstream(UpstreamBuilder builder) {
        this.name = builder.name;
        String unique = "tollgate-" + NUMBER.incrementAndGet();
        this.addresses = new Addresses(name, builder.targets, builder.serverName != null);
        this.backends = new Backends(
                unique,
                new Backends.Settings(
                        name, builder.health, builder.connectTimeout.toNanos(), builder.deadline.toNanos()));
        this.resolvers = new ServiceResolver.Provider(unique, addresses, builder.resolveInterval);
        LoadBalancerRegistry.getDefaultRegistry().register(backends);
        NameResolverRegistry.getDefaultRegistry().register(resolvers);
        this.connection = builder.connection(unique + ":///service", backends);
        this.timer = Timer.ofThread(name);
        this.deadlines = new SharedDeadlines(name);
        this.retries = new Retries(builder.retried, new RetryBudget(builder.retryBudget, System::nanoTime), timer);
        Breaker breaker = builder.breaker == null ? Breaker.off() : new Breaker(name, builder.breaker);
        this.calls = Calls.of(
                name,
                ClientInterceptors.intercept(connection, builder.interceptors(retries)),
                builder.deadline,
                breaker,
                deadlines::after);
        this.channel = new UpstreamChannel(calls);
        this.closeTimeout = builder.closeTimeout;
        Reconnector reconnector =
                new Reconnector(connection, timer, builder.reconnectInterval, builder.connectTimeout, afterOutage -> {
                    reconnections.incrementAndGet();
                    breaker.reconnected(afterOutage);
                });
        backends.onLoss(reconnector::backendLost);
        backends.onReplace(reconnector::replacing);
        reconnector.start();
    }

    /**
     * Starts the description of a service.
     *
     * @param name the name of the service in the log, such as {@code user-service}; not blank
     * @param host a name to look up in DNS, or an IP address
     * @param port 1 to 65535
     */
    public static UpstreamBuilder builder(String name, String host, int port) {
        return new UpstreamBuilder(name, host, port);
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
     *     calls or cancels, on a timer of the retries or of the deadlines, or on the thread that closes the upstream
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

    /**
     * Returns each backend with its state, in the order of their addresses. With {@link LoadBalancing#PICK_FIRST} there is one, which
     * is any of those that were found. Before the service was looked up for the first time, these are its names.
     */
    public List<Backend> backends() {
        List<Backend> states = backends.states();
        if (!states.isEmpty()) {
            return states;
        }
        Connectivity state = connectivity();
        return addresses.targets().stream()
                .map(target -> new Backend(target.authority(), state, Optional.empty()))
                .toList();
    }

    /** Returns the state of the connections together: {@code READY} if that of a backend is. */
    public Connectivity connectivity() {
        return Connectivity.valueOf(connection.getState(false).name());
    }

    /** Makes connections if there are none and none are on their way; returns at once. */
    public void connect() {
        connection.getState(true);
    }

    /** Returns the state of the circuit breaker. */
    public BreakerState breakerState() {
        return calls.breaker().state();
    }

    /** Returns how often the service was connected again so far, after it had been lost or its connection was replaced. */
    public long reconnections() {
        return reconnections.get();
    }

    /** Returns the number of calls that were sent again so far, each attempt after the first counted. */
    public long retries() {
        return retries.budget().retried();
    }

    /** Returns the number of retries that the {@linkplain UpstreamBuilder#retryBudget budget} did not allow so far. */
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
        LoadBalancerRegistry.getDefaultRegistry().deregister(backends);
        NameResolverRegistry.getDefaultRegistry().deregister(resolvers);
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
        } finally {
            deadlines.close(); // last, since calls in flight still end by them
        }
    }

    /** Returns the name, the hosts, and the states of the connections and of the circuit breaker. */
    @Override
    public String toString() {
        String hosts = addresses.targets().stream().map(Target::authority).collect(Collectors.joining(" "));
        return "Upstream[" + name + ", " + hosts + ", " + connectivity() + ", breaker " + breakerState() + "]";
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
}
