package io.tollgate.grpc;

import static java.util.Objects.requireNonNull;

import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.Status;
import io.grpc.StatusOr;
import io.grpc.SynchronizationContext;
import io.grpc.SynchronizationContext.ScheduledHandle;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Finds the backends of an upstream, again in an interval and when a backend is lost. gRPC's own resolver looks again only when
 * a connection fails, and keeps what it found for 30 seconds: new backends would get no calls for as long as all of the old
 * ones live. All but the look-ups happens in the synchronization context of the channel.
 */
final class ServiceResolver extends NameResolver {
    private static final long SHORTEST_NANOS = Duration.ofSeconds(1).toNanos();

    private final Addresses addresses;
    private final long intervalNanos;
    private final Args args;
    private final SynchronizationContext context;
    private final Executor executor;
    private @Nullable Listener2 listener;
    private @Nullable List<EquivalentAddressGroup> handedOn;
    private @Nullable ScheduledHandle next;
    private boolean lookingUp;
    private boolean closed;
    private long lastNanos;

    private ServiceResolver(Addresses addresses, Duration interval, Args args) {
        this.addresses = addresses;
        this.intervalNanos = interval.toNanos();
        this.args = args;
        this.context = args.getSynchronizationContext();
        this.executor = requireNonNull(args.getOffloadExecutor(), "offloadExecutor");
        this.lastNanos = System.nanoTime() - SHORTEST_NANOS;
    }

    @Override
    public String getServiceAuthority() {
        return addresses.authority();
    }

    @Override
    public void start(Listener2 receiver) {
        listener = receiver;
        lookUp();
    }

    /** Looks again, at most once a second. */
    @Override
    public void refresh() {
        if (!lookingUp && addresses.canChange()) {
            lookUpAfter(Math.max(0, SHORTEST_NANOS - (System.nanoTime() - lastNanos)));
        }
    }

    @Override
    public void shutdown() {
        closed = true;
        if (next != null) {
            next.cancel();
        }
    }

    private void lookUpAfter(long nanos) {
        if (next != null) {
            next.cancel();
        }
        next = context.schedule(this::lookUp, nanos, TimeUnit.NANOSECONDS, args.getScheduledExecutorService());
    }

    private void lookUp() {
        if (closed || lookingUp) {
            return;
        }
        lookingUp = true;
        executor.execute(() -> {
            StatusOr<List<EquivalentAddressGroup>> found = found();
            context.execute(() -> handOn(found));
        });
    }

    private StatusOr<List<EquivalentAddressGroup>> found() {
        synchronized (addresses) { // a channel that was idle has a new resolver, while the old one may still look
            try {
                return addresses.lookUp(args.getProxyDetector());
            } catch (RuntimeException e) {
                return StatusOr.fromStatus(
                        Status.UNAVAILABLE.withDescription("the look-up failed").withCause(e));
            }
        }
    }

    private void handOn(StatusOr<List<EquivalentAddressGroup>> found) {
        lookingUp = false;
        lastNanos = System.nanoTime();
        if (closed) {
            return;
        }
        if (!found.hasValue()) {
            handedOn = null;
            requireNonNull(listener, "listener").onError(found.getStatus());
            lookUpAfter(SHORTEST_NANOS);
            return;
        }
        if (!found.getValue().equals(handedOn)) {
            handedOn = found.getValue();
            requireNonNull(listener, "listener")
                    .onResult2(ResolutionResult.newBuilder()
                            .setAddressesOrError(found)
                            .build());
        }
        if (addresses.canChange()) {
            lookUpAfter(intervalNanos);
        }
    }

    /** Makes the resolvers of one upstream, under a scheme of its own. */
    static final class Provider extends NameResolverProvider {
        private final String scheme;
        private final Addresses addresses;
        private final Duration interval;

        Provider(String scheme, Addresses addresses, Duration interval) {
            this.scheme = scheme;
            this.addresses = addresses;
            this.interval = interval;
        }

        @Override
        public String getDefaultScheme() {
            return scheme;
        }

        @Override
        public @Nullable NameResolver newNameResolver(URI target, Args args) {
            return scheme.equals(target.getScheme()) ? new ServiceResolver(addresses, interval, args) : null;
        }

        @Override
        protected boolean isAvailable() {
            return true;
        }

        /** Below that of DNS, which stays the resolver of targets without a scheme. */
        @Override
        protected int priority() {
            return 1;
        }
    }
}
