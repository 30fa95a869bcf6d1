package io.tollgate.runner.telemetry;

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
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** Measures the calls of one upstream, retries included in each. Its methods are those of our descriptors. */
final class CallMeters implements ClientInterceptor {
    /** gRPC's status codes are 0 to 16. */
    private static final int CODES = 17;

    private final MeterRegistry registry;
    private final Tags upstream;
    private final ConcurrentMap<MethodDescriptor<?, ?>, AtomicReferenceArray<@Nullable Timer>> timers =
            new ConcurrentHashMap<>();

    CallMeters(MeterRegistry registry, String upstream, String address) {
        this.registry = registry;
        this.upstream = Tags.of("rpc.system.name", "grpc", "server.address", address, "upstream", upstream);
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
                                timer(method, status.getCode())
                                        .record(System.nanoTime() - startedAt, TimeUnit.NANOSECONDS);
                                super.onClose(status, trailers);
                            }
                        },
                        headers);
            }
        };
    }

    private Timer timer(MethodDescriptor<?, ?> method, Status.Code code) {
        AtomicReferenceArray<@Nullable Timer> byCode = timers.get(method);
        if (byCode == null) {
            byCode = timers.computeIfAbsent(method, m -> new AtomicReferenceArray<>(CODES));
        }
        Timer timer = byCode.get(code.value());
        if (timer == null) {
            timer = Durations.timer(
                    registry,
                    "rpc.client.call.duration",
                    "How long calls to a service took, with their retries",
                    upstream.and("rpc.method", method.getFullMethodName(), "rpc.response.status_code", code.name()));
            byCode.set(code.value(), timer);
        }
        return timer;
    }
}
