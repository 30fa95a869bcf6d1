package io.tollgate.grpc;

import static io.tollgate.grpc.Expect.within;
import static java.util.Objects.requireNonNull;

import io.grpc.ChannelCredentials;
import io.grpc.ClientInterceptor;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.MethodDescriptor;
import io.grpc.TlsChannelCredentials;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Describes an {@link Upstream}. Each setter rejects values that cannot be right. Not thread-safe. */
public final class UpstreamBuilder {
    private static final Pattern METHOD =
            Pattern.compile("[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*)*/[A-Za-z_][A-Za-z0-9_]*");

    final String name;
    final List<Target> targets = new ArrayList<>();

    @Nullable
    String serverName;

    @Nullable
    String health;

    private @Nullable OutlierDetection outliers;
    private LoadBalancing loadBalancing = LoadBalancing.ROUND_ROBIN;
    Duration resolveInterval = Duration.ofSeconds(5);
    Duration deadline = Calls.DEFAULT_DEADLINE;
    private Duration keepaliveTime = Duration.ofSeconds(30);
    private Duration keepaliveTimeout = Duration.ofSeconds(5);
    private boolean keepalivePermitWithoutStream = true;
    private int maxInboundMessageSize = 4 << 20;
    Duration closeTimeout = Calls.DEFAULT_DEADLINE;
    private ChannelCredentials credentials = InsecureChannelCredentials.create();
    final Set<String> retried = new LinkedHashSet<>();
    int retryBudget = RetryBudget.DEFAULT_PERCENT;
    Duration reconnectInterval = Reconnector.INTERVAL;
    Duration connectTimeout = Reconnector.CONNECT_TIMEOUT;
    private final List<ClientInterceptor> interceptors = new ArrayList<>();

    @Nullable
    BreakerSettings breaker = BreakerSettings.defaults();

    UpstreamBuilder(String name, String host, int port) {
        if (requireNonNull(name, "name").isBlank()) {
            throw new IllegalArgumentException("name: \"" + name + "\" (expected: not blank)");
        }
        this.name = name;
        backend(host, port);
    }

    /**
     * Adds a backend, or all addresses of a name, to the one that was given first. One that is added twice is one.
     *
     * @param host a name to look up in DNS, or an IP address
     * @param port 1 to 65535
     */
    public UpstreamBuilder backend(String host, int port) {
        targets.add(Target.of(host, port));
        return this;
    }

    /**
     * Sets the time after which names are looked up again, 1 second to 1 day, by default 5 seconds: a backend that is added to
     * DNS gets calls after at most as long, and one that is removed gets none. Keep the cache of the JVM shorter:
     * {@code networkaddress.cache.ttl} is 30 seconds unless it is set, to {@code 1} for example.
     */
    public UpstreamBuilder resolveInterval(Duration value) {
        this.resolveInterval = within("resolveInterval", value, Duration.ofSeconds(1), Duration.ofDays(1));
        return this;
    }

    /** Sets how calls are distributed over the backends, by default in turn. */
    public UpstreamBuilder loadBalancing(LoadBalancing value) {
        this.loadBalancing = requireNonNull(value, "value");
        return this;
    }

    /** Asks each backend whether it serves as a whole: {@link #healthCheck(String)} with the empty name. */
    public UpstreamBuilder healthCheck() {
        return healthCheck("");
    }

    /**
     * Asks each backend for the health of a service ({@code grpc.health.v1.Health/Watch}), and gives no calls to those that
     * report anything but {@code SERVING}. A backend that does not have this method, or rejects it, gets calls. By default
     * no backend is asked.
     *
     * @param service the name of the service, at most 100 characters; empty for the backend as a whole
     */
    public UpstreamBuilder healthCheck(String service) {
        if (service.length() > 100) {
            throw new IllegalArgumentException("service: " + service.length() + " characters (expected: at most 100)");
        }
        this.health = service;
        return this;
    }

    /**
     * Ejects backends that fail more often than they should; by default none is. Of a backend with two addresses, such as
     * {@code localhost}, the first is used then.
     */
    public UpstreamBuilder outlierDetection(OutlierDetection value) {
        this.outliers = requireNonNull(value, "value");
        return this;
    }

    /**
     * Sets the name that the certificates of the backends must have, and the authority of all calls, in place of the host of
     * each; for backends that are given as addresses, for example.
     */
    public UpstreamBuilder serverName(String value) {
        this.serverName = Target.of(value, 443).host();
        return this;
    }

    /**
     * Bounds the time of a call with one response, retries included: 1 millisecond to 1 hour, by default 5 seconds. An earlier
     * deadline of the call's context, or of its stub, wins. A call without a stub that may take 2 seconds to 1 minute may end up
     * to 0.1 seconds earlier, and never later: calls that end at about the same time share a timer.
     */
    public UpstreamBuilder deadline(Duration value) {
        this.deadline = within("deadline", value, Duration.ofMillis(1), Calls.LONGEST_DEADLINE);
        return this;
    }

    /**
     * Probes the connection after this time without a sign of life, 10 seconds to 1 day, by default 30 seconds. The
     * service must permit it: gRPC servers end connections that are probed more often than every 5 minutes, unless
     * they are configured otherwise.
     */
    public UpstreamBuilder keepaliveTime(Duration value) {
        this.keepaliveTime = within("keepaliveTime", value, Duration.ofSeconds(10), Duration.ofDays(1));
        return this;
    }

    /** Takes the connection for lost if a probe has no response for this time, 10 milliseconds to 1 hour, by default 5 seconds. */
    public UpstreamBuilder keepaliveTimeout(Duration value) {
        this.keepaliveTimeout = within("keepaliveTimeout", value, Duration.ofMillis(10), Duration.ofHours(1));
        return this;
    }

    /** Probes the connection also while no call is in flight, or not; by default it does. */
    public UpstreamBuilder keepalivePermitWithoutStream(boolean value) {
        this.keepalivePermitWithoutStream = value;
        return this;
    }

    /** Limits the size of a response in bytes, 1 KiB to 64 MiB, by default 4 MiB; a call with a larger one fails. */
    public UpstreamBuilder maxInboundMessageSize(int bytes) {
        this.maxInboundMessageSize = within("maxInboundMessageSize", bytes, 1 << 10, 64 << 20);
        return this;
    }

    /** Sets the time that {@link Upstream#close()} gives to calls in flight, 0 to 1 hour, by default 5 seconds. */
    public UpstreamBuilder closeTimeout(Duration value) {
        this.closeTimeout = within("closeTimeout", value, Duration.ZERO, Duration.ofHours(1));
        return this;
    }

    /** Speaks TLS, and trusts the authorities that the JVM trusts; by default it speaks plain text. */
    public UpstreamBuilder tls() {
        return credentials(TlsChannelCredentials.create());
    }

    /** Speaks TLS with the private authority or the client certificate of {@code value}. */
    public UpstreamBuilder credentials(ChannelCredentials value) {
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
    public UpstreamBuilder retry(MethodDescriptor<?, ?>... methods) {
        for (MethodDescriptor<?, ?> method : methods) {
            if (!method.getType().clientSendsOneMessage()) {
                throw new IllegalArgumentException("method: " + method.getFullMethodName() + " is " + method.getType()
                        + " (expected: one request)");
            }
            retry(method.getFullMethodName());
        }
        return this;
    }

    /**
     * Retries methods by their full names, such as {@code order.OrderService/PurchaseTicket}. Calls of those that take more
     * than one request are made once.
     */
    public UpstreamBuilder retry(String... fullMethodNames) {
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
    public UpstreamBuilder retryBudget(int percent) {
        this.retryBudget = within("retryBudget", percent, 0, 100);
        return this;
    }

    /**
     * Gives an attempt to connect up after this time, the handshakes of TLS and HTTP/2 included, and makes another: 100
     * milliseconds to 1 minute, by default 2 seconds.
     */
    public UpstreamBuilder connectTimeout(Duration value) {
        this.connectTimeout = within("connectTimeout", value, Duration.ofMillis(100), Duration.ofMinutes(1));
        return this;
    }

    /** Sets the time between two attempts to connect; for tests, which have not that much time. */
    UpstreamBuilder reconnectInterval(Duration value) {
        this.reconnectInterval = value;
        return this;
    }

    /** Configures the circuit breaker; by default it has {@link BreakerSettings#defaults()}. */
    public UpstreamBuilder breaker(BreakerSettings value) {
        this.breaker = requireNonNull(value, "value");
        return this;
    }

    /** Disables the circuit breaker. */
    public UpstreamBuilder withoutBreaker() {
        this.breaker = null;
        return this;
    }

    /**
     * Adds interceptors that see every call, to measure it, trace it or add to its metadata: around all else, so that one
     * call with its retries is one, and on the threads of the channel, which must not be blocked. The first that is
     * added is the outermost. They do not see calls that the breaker rejects or whose
     * time is up before they are made. An interceptor that throws fails its call.
     */
    public UpstreamBuilder intercept(ClientInterceptor... added) {
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
    List<ClientInterceptor> interceptors(ClientInterceptor innermost) {
        List<ClientInterceptor> innermostLast = new ArrayList<>(interceptors);
        innermostLast.add(innermost);
        Collections.reverse(innermostLast);
        return innermostLast;
    }

    ManagedChannel connection(String target, Backends backends) {
        ManagedChannelBuilder<?> builder = Grpc.newChannelBuilder(target, credentials)
                .directExecutor()
                .keepAliveTime(keepaliveTime.toNanos(), TimeUnit.NANOSECONDS)
                .keepAliveTimeout(keepaliveTimeout.toNanos(), TimeUnit.NANOSECONDS)
                .keepAliveWithoutCalls(keepalivePermitWithoutStream)
                .maxInboundMessageSize(maxInboundMessageSize)
                .disableServiceConfigLookUp()
                .defaultServiceConfig(Map.of("loadBalancingConfig", List.of(backends.around(policy()))));
        return (serverName == null ? builder : builder.overrideAuthority(serverName)).build();
    }

    private Map<String, ?> policy() {
        Map<String, ?> policy =
                Map.of(loadBalancing == LoadBalancing.ROUND_ROBIN ? "round_robin" : "pick_first", Map.of());
        return outliers == null ? policy : outliers.around(policy);
    }
}
