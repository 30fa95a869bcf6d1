package io.tollgate.micrometer;

import static java.util.Objects.requireNonNull;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Measures the gRPC calls of one upstream, by method and status; the retries of a call are part of it:
 *
 * <pre>{@code
 * Upstream orders = Upstream.builder("order-service", host, port)
 *         .intercept(new CallMetrics(registry, "order-service", host, port))
 *         .build();
 * }</pre>
 *
 * <p>Measures the calls of any other gRPC channel as well. Methods beyond the first thousand are measured together, as
 * {@code other}. Finds its meters without allocating. Thread-safe.
 */
@SuppressWarnings("exports") // The module of what is measured is required by whoever uses it.
public final class CallMetrics implements ClientInterceptor {
    private static final int MAX_METHODS = 1_000;
    private static final int CODES = Status.Code.values().length;

    private final MeterRegistry registry;
    private final Tags upstream;
    private final ByLabel<MethodTimers> timers = new ByLabel<>(MAX_METHODS, MethodTimers::new);

    /**
     * Measures in {@code registry}.
     *
     * @param upstream the name of the upstream
     * @param host the host that its calls go to
     * @param port the port that its calls go to
     */
    public CallMetrics(MeterRegistry registry, String upstream, String host, int port) {
        this.registry = requireNonNull(registry, "registry");
        this.upstream = Tags.of(
                "rpc.system.name",
                "grpc",
                "server.address",
                requireNonNull(host, "host") + ":" + port,
                "upstream",
                requireNonNull(upstream, "upstream"));
    }

    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
        return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
            @Override
            public void start(Listener<A> listener, Metadata headers) {
                long startedAt = System.nanoTime();
                super.start(
                        new SimpleForwardingClientCallListener<>(listener) {
                            @Override
                            public void onClose(Status status, Metadata trailers) {
                                timers.get(method.getFullMethodName())
                                        .timer(status.getCode())
                                        .record(System.nanoTime() - startedAt, TimeUnit.NANOSECONDS);
                                super.onClose(status, trailers);
                            }
                        },
                        headers);
            }
        };
    }

    /** The timers of one method, by status. */
    private final class MethodTimers {
        private final String method;
        private final AtomicReferenceArray<@Nullable Timer> byCode = new AtomicReferenceArray<>(CODES);

        MethodTimers(String method) {
            this.method = method;
        }

        Timer timer(Status.Code code) {
            Timer timer = byCode.get(code.value());
            if (timer == null) {
                // The registry returns the same timer to all threads that come at once.
                timer = Durations.timer(
                        registry,
                        "rpc.client.call.duration",
                        "How long calls to a service took, with their retries",
                        upstream.and("rpc.method", method, "rpc.response.status_code", code.name()));
                byCode.set(code.value(), timer);
            }
            return timer;
        }
    }
}
