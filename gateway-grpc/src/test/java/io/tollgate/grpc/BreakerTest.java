package io.tollgate.grpc;

import static io.tollgate.grpc.Outcomes.errorOf;
import static io.tollgate.grpc.Outcomes.resultOf;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.tollgate.api.CallContext;
import io.tollgate.api.Cancellation;
import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.order.Purchase;
import io.tollgate.api.order.TicketPurchase;
import io.tollgate.grpc.order.PurchaseResponse;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

class BreakerTest {
    /** Four failures open it. */
    private static final BreakerSettings settings =
            new BreakerSettings(Duration.ofMinutes(1), 4, 50, Duration.ofMinutes(10), 2);

    private static final BreakerSettings brief =
            new BreakerSettings(Duration.ofMinutes(1), 4, 50, Duration.ofMillis(1), 2);

    @AutoClose
    private final TestServer server = new TestServer();

    @ParameterizedTest
    @EnumSource(
            value = Status.Code.class,
            names = {"UNAVAILABLE", "DEADLINE_EXCEEDED"})
    void opensWhenTheServiceIsInTrouble(Status.Code code) throws Exception {
        Upstream upstream = server.upstream(builder -> builder.breaker(settings));
        server.purchase = TestServer.failing(Status.fromCode(code));
        assertThat(upstream.breakerState()).isEqualTo(BreakerState.CLOSED);

        failTimes(4, upstream);

        assertThat(upstream.breakerState()).isEqualTo(BreakerState.OPEN);
        GatewayException refused = errorOf(purchase(upstream));
        assertThat(refused.code()).isEqualTo(CommonError.CIRCUIT_OPEN);
        assertThat(refused.code().httpStatus()).isEqualTo(503);
        assertThat(refused.retryAfter())
                .hasValueSatisfying(wait -> assertThat(wait).isPositive().isLessThanOrEqualTo(Duration.ofMinutes(10)));
        assertThat(server.calls).hasValue(4);
    }

    @Test
    void opensWhenTheServiceHangs() throws Exception {
        Upstream upstream = server.upstream(builder -> builder.breaker(settings).deadline(Duration.ofMillis(50)));
        server.purchase = TestServer.hanging();

        failTimes(4, upstream);

        assertThat(upstream.breakerState()).isEqualTo(BreakerState.OPEN);
    }

    @Test
    void opensWhenSomethingElseAnswersInItsPlace() throws Exception {
        try (Http2Server proxy = Http2Server.answering(
                        java.util.Map.of(":status", "404", "content-type", "text/html"), "<html>no such route</html>");
                Upstream upstream = Upstream.builder("test-service", "127.0.0.1", proxy.port())
                        .breaker(settings)
                        .build()) {
            failTimes(4, upstream);

            assertThat(upstream.breakerState()).isEqualTo(BreakerState.OPEN);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Status.Code.class,
            names = {"OK", "UNAVAILABLE", "DEADLINE_EXCEEDED"},
            mode = EnumSource.Mode.EXCLUDE)
    void staysClosedWhateverElseTheServiceAnswers(Status.Code code) throws Exception {
        Upstream upstream = server.upstream(builder -> builder.breaker(settings));
        server.purchase = TestServer.failing(Status.fromCode(code));

        failTimes(8, upstream);

        assertThat(upstream.breakerState()).isEqualTo(BreakerState.CLOSED);
        assertThat(server.calls).hasValue(8);
    }

    @Test
    void staysClosedWhenClientsGoAway() throws Exception {
        Upstream upstream = server.upstream(builder -> builder.breaker(settings));

        for (int i = 0; i < 8; i++) {
            CompletableFuture<Void> arrived = new CompletableFuture<>();
            server.purchase = (request, observer) -> arrived.complete(null);
            Cancellation client = new Cancellation();
            CompletionStage<?> stage = purchase(upstream, CallContext.create().withCancellation(client));
            resultOf(arrived);
            client.cancel();
            errorOf(stage);
        }

        assertThat(upstream.breakerState()).isEqualTo(BreakerState.CLOSED);
    }

    @Test
    void staysClosedWhenCallersHaveNoTimeLeft() throws Exception {
        Upstream upstream = server.upstream(builder -> builder.breaker(settings));

        for (int i = 0; i < 8; i++) {
            errorOf(purchase(upstream, CallContext.create().withTimeout(Duration.ZERO)));
        }

        assertThat(upstream.breakerState()).isEqualTo(BreakerState.CLOSED);
    }

    @Test
    void opensOnAFailureOnly() throws Exception {
        Upstream upstream = server.upstream(builder ->
                builder.breaker(new BreakerSettings(Duration.ofMinutes(1), 20, 50, Duration.ofMinutes(10), 2)));
        server.purchase = TestServer.failing(Status.UNAVAILABLE);
        failTimes(12, upstream);
        server.purchase = TestServer.answering(PurchaseResponse.getDefaultInstance());

        for (int i = 0; i < 12; i++) { // the eighth is the twentieth of all, of which 12 have failed
            resultOf(purchase(upstream));
            assertThat(upstream.breakerState()).isEqualTo(BreakerState.CLOSED);
        }
    }

    @Test
    void closesWhenTheProbesSucceed() throws Exception {
        Upstream upstream = server.upstream(builder -> builder.breaker(brief));
        server.purchase = TestServer.failing(Status.UNAVAILABLE);
        failTimes(4, upstream);
        server.purchase = TestServer.answering(PurchaseResponse.getDefaultInstance());

        await().until(() -> succeeds(purchase(upstream)));
        assertThat(upstream.breakerState()).isEqualTo(BreakerState.HALF_OPEN);
        resultOf(purchase(upstream));

        assertThat(upstream.breakerState()).isEqualTo(BreakerState.CLOSED);
    }

    @Test
    void opensAgainWhenTheProbesFail() throws Exception {
        Upstream upstream = server.upstream(builder -> builder.breaker(brief));
        server.purchase = TestServer.failing(Status.UNAVAILABLE);
        failTimes(4, upstream);

        await().until(() -> errorOf(purchase(upstream)).code() == CommonError.SERVICE_UNAVAILABLE);
        errorOf(purchase(upstream));

        assertThat(upstream.breakerState()).isEqualTo(BreakerState.OPEN);
    }

    @Test
    void letsNoMoreThanTheProbesThroughWhileHalfOpen() throws Exception {
        Upstream upstream = server.upstream(builder -> builder.breaker(brief));
        server.purchase = TestServer.failing(Status.UNAVAILABLE);
        failTimes(4, upstream);
        List<CompletionStage<Purchase>> probes = hangingProbes(upstream, new Cancellation());

        GatewayException refused = errorOf(purchase(upstream));

        assertThat(refused.code()).isEqualTo(CommonError.CIRCUIT_OPEN);
        assertThat(refused.headers()).containsEntry("Retry-After", "1");
        assertThat(probes)
                .hasSize(2)
                .noneMatch(probe -> probe.toCompletableFuture().isDone());
    }

    @Test
    void letsNoMoreThanTheProbesThroughWhenManyCallAtOnce() throws Exception {
        Upstream upstream = server.upstream(builder -> builder.breaker(brief).deadline(Duration.ofMinutes(1)));
        server.purchase = TestServer.failing(Status.UNAVAILABLE);
        failTimes(4, upstream);
        server.purchase = TestServer.hanging();
        CompletableFuture<Void> go = new CompletableFuture<>();
        List<CompletionStage<Purchase>> stages = new CopyOnWriteArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 16; t++) {
            Thread thread = new Thread(() -> {
                go.join();
                while (upstream.breakerState() == BreakerState.OPEN) {
                    stages.add(purchase(upstream));
                }
                stages.add(purchase(upstream));
            });
            thread.start();
            threads.add(thread);
        }

        go.complete(null);
        for (Thread thread : threads) {
            thread.join();
        }

        List<CompletionStage<Purchase>> inFlight = stages.stream()
                .filter(stage -> !stage.toCompletableFuture().isDone())
                .toList();
        assertThat(inFlight).hasSize(2);
        await().untilAsserted(() -> assertThat(server.calls).hasValue(4 + 2));
        assertThat(upstream.breakerState()).isEqualTo(BreakerState.HALF_OPEN);
    }

    @Test
    void letsOtherProbesThroughWhenTheClientOfOneGoesAway() throws Exception {
        Upstream upstream = server.upstream(builder -> builder.breaker(brief));
        server.purchase = TestServer.failing(Status.UNAVAILABLE);
        failTimes(4, upstream);
        Cancellation clients = new Cancellation();
        List<CompletionStage<Purchase>> probes = hangingProbes(upstream, clients);

        clients.cancel();
        for (CompletionStage<Purchase> probe : probes) {
            errorOf(probe);
        }
        server.purchase = TestServer.answering(PurchaseResponse.getDefaultInstance());
        resultOf(purchase(upstream));
        resultOf(purchase(upstream));

        assertThat(upstream.breakerState()).isEqualTo(BreakerState.CLOSED);
    }

    @Test
    void doesNotTakeTheEndOfOlderCallsForProbes() throws Exception {
        Upstream upstream = server.upstream(builder -> builder.breaker(brief));
        List<StreamObserver<PurchaseResponse>> held = new CopyOnWriteArrayList<>();
        server.purchase = (request, observer) -> held.add(observer);
        List<CompletionStage<Purchase>> older = List.of(purchase(upstream), purchase(upstream));
        await().until(() -> held.size() == 2);
        server.purchase = TestServer.failing(Status.UNAVAILABLE);
        failTimes(4, upstream);
        hangingProbes(upstream, new Cancellation());

        held.forEach(observer -> TestServer.answer(observer, PurchaseResponse.getDefaultInstance()));
        for (CompletionStage<Purchase> one : older) {
            resultOf(one);
        }

        assertThat(upstream.breakerState()).isEqualTo(BreakerState.HALF_OPEN);
        assertThat(errorOf(purchase(upstream)).code()).isEqualTo(CommonError.CIRCUIT_OPEN);
    }

    @Test
    void canBeSwitchedOff() throws Exception {
        Upstream upstream = server.upstream(UpstreamBuilder::withoutBreaker);
        server.purchase = TestServer.failing(Status.UNAVAILABLE);

        failTimes(100, upstream);

        assertThat(server.calls).hasValue(100);
        assertThat(upstream.breakerState()).isEqualTo(BreakerState.OFF);
    }

    @Test
    void saysOnceWhenItChanges() throws Exception {
        String service = "test-service-" + System.identityHashCode(this);
        List<String> lines = new CopyOnWriteArrayList<>();
        AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                if (event.getFormattedMessage().startsWith(service)) {
                    lines.add(event.getLevel() + " " + event.getFormattedMessage());
                }
            }
        };
        Logger logger = (Logger) LoggerFactory.getLogger(Breaker.class);
        appender.setContext(logger.getLoggerContext());
        appender.start();
        logger.addAppender(appender);
        try (Upstream upstream = Upstream.builder(service, "127.0.0.1", server.port())
                .breaker(brief)
                .build()) {
            server.purchase = TestServer.failing(Status.UNAVAILABLE);
            failTimes(4, upstream);
            server.purchase = TestServer.answering(PurchaseResponse.getDefaultInstance());
            await().until(() -> succeeds(purchase(upstream)));
            resultOf(purchase(upstream));
        } finally {
            logger.detachAppender(appender);
        }

        assertThat(lines)
                .containsExactly(
                        "WARN " + service + ": circuit breaker CLOSED -> OPEN, calls are rejected for 1 ms",
                        "INFO " + service + ": circuit breaker OPEN -> HALF_OPEN",
                        "INFO " + service + ": circuit breaker HALF_OPEN -> CLOSED");
    }

    @Test
    void refusesSettingsThatCannotBeRight() {
        Duration second = Duration.ofSeconds(1);
        Duration ten = Duration.ofSeconds(10);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new BreakerSettings(ten, 0, 50, ten, 1))
                .withMessage("minimumCalls: 0 (expected: 1 to 1000000)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new BreakerSettings(ten, 1, 101, ten, 1))
                .withMessage("failurePercent: 101 (expected: 1 to 100)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new BreakerSettings(second, 1, 50, ten, 1))
                .withMessage("window: PT1S (expected: PT2S to PT10M)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new BreakerSettings(Duration.ofMillis(2_500), 1, 50, ten, 1))
                .withMessage("window: PT2.5S (expected: whole seconds)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new BreakerSettings(ten, 1, 50, Duration.ZERO, 1))
                .withMessage("openFor: PT0S (expected: PT0.001S to PT1H)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new BreakerSettings(ten, 1, 50, ten, 0))
                .withMessage("probes: 0 (expected: 1 to 1000)");
    }

    /** Takes all probes of a half-open breaker and lets them hang. */
    private List<CompletionStage<Purchase>> hangingProbes(Upstream upstream, Cancellation clients) {
        server.purchase = TestServer.hanging();
        List<CompletionStage<Purchase>> probes = new ArrayList<>();
        await().until(() -> {
            CompletionStage<Purchase> probe =
                    purchase(upstream, CallContext.create().withCancellation(clients));
            if (!probe.toCompletableFuture().isDone()) {
                probes.add(probe);
            }
            return probes.size() == 2;
        });
        return probes;
    }

    private static boolean succeeds(CompletionStage<?> stage) throws Exception {
        return stage.handle((value, error) -> error == null)
                .toCompletableFuture()
                .get(30, java.util.concurrent.TimeUnit.SECONDS);
    }

    private static void failTimes(int times, Upstream upstream) throws Exception {
        for (int i = 0; i < times; i++) {
            assertThat(errorOf(purchase(upstream)).code()).isNotEqualTo(CommonError.CIRCUIT_OPEN);
        }
    }

    private static CompletionStage<Purchase> purchase(Upstream upstream) {
        return purchase(upstream, CallContext.create());
    }

    private static CompletionStage<Purchase> purchase(Upstream upstream, CallContext context) {
        return new GrpcOrderGateway(upstream).purchase(new TicketPurchase("concert", "u-1", "key-1"), context);
    }

    /** Their addresses change with each deployment of a service that fails too seldom for the breaker to look at them. */
    @Test
    void letsGoOfBackendsThatAreGone() {
        AtomicLong now = new AtomicLong();
        Breaker breaker = new Breaker("s", settings, now::get);
        WeakReference<Breaker.Serving> gone = settledBy(breaker, new Place());
        now.addAndGet(settings.window().multipliedBy(2).toNanos());
        settledBy(breaker, new Place());

        await().untilAsserted(() -> {
            System.gc();
            assertThat(gone.get()).isNull();
        });
    }

    @Test
    void opensWhileABackendThatServedBeforeGetsNoCallsAnyMore() {
        Breaker breaker = new Breaker("s", settings, new AtomicLong()::get);
        Place gone = new Place();
        settledBy(breaker, gone);
        gone.serves = false;
        Place failing = new Place();
        for (int i = 0; i < 3; i++) {
            breaker.settle(requireNonNull(breaker.acquire()), Breaker.Outcome.FAILURE, failing);
        }
        assertThat(breaker.state()).isEqualTo(BreakerState.OPEN);
    }

    private static final class Place implements Breaker.Serving {
        private boolean serves = true;

        @Override
        public boolean serves() {
            return serves;
        }
    }

    private static WeakReference<Breaker.Serving> settledBy(Breaker breaker, Breaker.Serving backend) {
        breaker.settle(requireNonNull(breaker.acquire()), Breaker.Outcome.SUCCESS, backend);
        return new WeakReference<>(backend);
    }
}
