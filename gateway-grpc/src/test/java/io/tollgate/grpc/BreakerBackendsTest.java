package io.tollgate.grpc;

import static io.tollgate.grpc.Outcomes.errorOf;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.EquivalentAddressGroup;
import io.grpc.LoadBalancerRegistry;
import io.grpc.ManagedChannel;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.NameResolverRegistry;
import io.grpc.Status;
import io.grpc.StatusOr;
import io.tollgate.api.CallContext;
import io.tollgate.api.CommonError;
import io.tollgate.grpc.library.Book;
import io.tollgate.grpc.library.GetBookRequest;
import io.tollgate.grpc.library.LibraryServiceGrpc;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The breaker of a service whose one backend serves while the other fails every call, and what becomes of the first. */
class BreakerBackendsTest {
    private static final BreakerSettings settings =
            new BreakerSettings(Duration.ofMinutes(10), 4, 30, Duration.ofMinutes(10), 2);

    @AutoClose
    private final Branch serving = new Branch();

    @AutoClose
    private final Branch failing = new Branch();

    @BeforeEach
    void fail() {
        failing.respond(Status.UNAVAILABLE);
    }

    @Test
    void staysClosedWhileTheBackendThatServesReplacesItsConnection() throws Exception {
        try (Upstream upstream = upstream().build()) {
            upstream.connect();
            callEachTimes(5, upstream.calls());
            serving.network().stall(); // the new connection is not there before this ends
            serving.network().hangUp();
            await().until(() -> serving.in(upstream).connectivity() == Connectivity.CONNECTING);

            for (int i = 0; i < 10; i++) {
                assertThat(errorOf(call(upstream.calls())).code()).isEqualTo(CommonError.SERVICE_UNAVAILABLE);
            }
            assertThat(upstream.breakerState()).isEqualTo(BreakerState.CLOSED);

            serving.network().resume();
            callEachTimes(5, upstream.calls());
        }
    }

    @Test
    void opensWhenTheBackendThatServedCannotBeReached() {
        try (Upstream upstream = upstream().build()) {
            upstream.connect();
            callEachTimes(5, upstream.calls());
            serving.network().refuse();

            awaitOpen(upstream.calls());
        }
    }

    /** As in a rolling deployment of a version that does not work. */
    @Test
    void opensWhenTheBackendThatServedIsGoneFromTheNameService() {
        long minute = Duration.ofMinutes(1).toNanos();
        Backends backends = new Backends("tollgate-test", new Backends.Settings("library", null, minute, minute));
        NameService names = new NameService();
        LoadBalancerRegistry.getDefaultRegistry().register(backends);
        NameResolverRegistry.getDefaultRegistry().register(names);
        ManagedChannel channel = upstream().connection(NameService.SCHEME + ":///library", backends);
        try {
            Calls calls = Calls.of("library", channel, Duration.ofSeconds(30), new Breaker("library", settings));
            channel.getState(true);
            names.list(serving, failing);
            callEachTimes(5, calls);
            names.list(failing);

            awaitOpen(calls);
        } finally {
            channel.shutdownNow();
            LoadBalancerRegistry.getDefaultRegistry().deregister(backends);
            NameResolverRegistry.getDefaultRegistry().deregister(names);
        }
    }

    private UpstreamBuilder upstream() {
        return Branch.upstream(serving, failing).breaker(settings).connectTimeout(Duration.ofMinutes(1));
    }

    /** Makes calls until each backend had so many more. */
    private void callEachTimes(int times, Calls calls) {
        int served = serving.calls() + times;
        int failed = failing.calls() + times;
        await().until(() -> {
            awaitEnd(call(calls));
            return serving.calls() >= served && failing.calls() >= failed;
        });
        assertThat(calls.breaker().state()).isEqualTo(BreakerState.CLOSED);
    }

    /** Makes calls until the breaker opens, long before the successes of the backend that served are out of its window. */
    private static void awaitOpen(Calls calls) {
        await().until(() -> {
            awaitEnd(call(calls));
            return calls.breaker().state() == BreakerState.OPEN;
        });
    }

    private static void awaitEnd(CompletionStage<?> call) {
        call.handle((book, error) -> error).toCompletableFuture().join();
    }

    private static CompletionStage<Book> call(Calls calls) {
        return calls.unary(
                LibraryServiceGrpc.getGetBookMethod(),
                GetBookRequest.getDefaultInstance(),
                CallContext.create(),
                Function.identity(),
                GrpcErrors::of);
    }

    /** Tells a channel the backends that a test lists. */
    private static final class NameService extends NameResolverProvider {
        static final String SCHEME = "tollgate-test-names";

        private NameResolver.@Nullable Listener2 listener;

        /** To be called once the channel has left its idle state. */
        void list(Branch... branches) {
            List<EquivalentAddressGroup> addresses = Stream.of(branches)
                    .map(branch -> new EquivalentAddressGroup(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), branch.port())))
                    .toList();
            requireNonNull(listener, "listener")
                    .onResult(NameResolver.ResolutionResult.newBuilder()
                            .setAddressesOrError(StatusOr.fromValue(addresses))
                            .build());
        }

        @Override
        public String getDefaultScheme() {
            return SCHEME;
        }

        @Override
        public @Nullable NameResolver newNameResolver(URI target, NameResolver.Args args) {
            return !SCHEME.equals(target.getScheme())
                    ? null
                    : new NameResolver() {
                        @Override
                        public String getServiceAuthority() {
                            return "library";
                        }

                        @Override
                        public void start(Listener2 receiver) {
                            listener = receiver;
                        }

                        @Override
                        public void shutdown() {}
                    };
        }

        @Override
        protected boolean isAvailable() {
            return true;
        }

        @Override
        protected int priority() {
            return 1;
        }
    }
}
