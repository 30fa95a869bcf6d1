package io.tollgate.grpc;

import static io.tollgate.grpc.Outcomes.errorOf;
import static io.tollgate.grpc.Outcomes.resultOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import io.tollgate.api.CallContext;
import io.tollgate.api.CommonError;
import io.tollgate.api.user.Credentials;
import io.tollgate.api.user.Session;
import io.tollgate.grpc.user.LoginResponse;
import io.tollgate.grpc.user.User;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryBudgetTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Metadata.Key<String> PUSHBACK =
            Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);

    private final ManualTimer time = new ManualTimer();

    @AutoClose
    private final TestServer server = new TestServer();

    @ParameterizedTest
    @CsvSource({"10, 1000, 110", "10, 9, 10", "50, 1000, 510", "100, 20, 30", "0, 1000, 0"})
    void allowsAShareOfTheCallsAndAFew(int percent, int calls, int retries) {
        RetryBudget budget = new RetryBudget(percent, time::nanoTime);
        for (int i = 0; i < calls; i++) {
            budget.called();
        }

        int allowed = 0;
        for (int i = 0; i < 2_000; i++) {
            allowed += spend(budget) ? 1 : 0;
        }

        assertThat(allowed).isEqualTo(retries);
        assertThat(budget.retried()).isEqualTo(retries);
        assertThat(budget.withheld()).isEqualTo(2_000 - retries);
    }

    @Test
    void allowsOneASecondWhereCallsAreRare() {
        RetryBudget budget = new RetryBudget(10, time::nanoTime);
        int allowed = 0;
        for (int i = 0; i < 600; i++) {
            budget.called();
            allowed += spend(budget) ? 1 : 0;
            allowed += spend(budget) ? 1 : 0;
            time.pass(SECOND);
        }

        assertThat(allowed).isBetween(600, 720);
    }

    @Test
    void forgetsCallsAndRetriesAfterTenSeconds() {
        RetryBudget budget = new RetryBudget(10, time::nanoTime);
        for (int i = 0; i < 1_000; i++) {
            budget.called();
        }
        time.pass(Duration.ofSeconds(11));

        int allowed = 0;
        while (spend(budget)) {
            allowed++;
        }
        assertThat(allowed).isEqualTo(10);
        time.pass(Duration.ofSeconds(11));
        assertThat(spend(budget)).isTrue();
    }

    @Test
    void countsWhatIsReservedUntilItIsReleased() {
        RetryBudget budget = new RetryBudget(10, time::nanoTime);
        for (int i = 0; i < 10; i++) {
            assertThat(budget.reserve()).isTrue();
        }
        assertThat(budget.reserve()).isFalse();

        budget.release();

        assertThat(budget.reserve()).isTrue();
        assertThat(budget.retried()).isZero();
    }

    @Test
    void addsATenthToTheLoadOfAServiceThatIsTooBusy() throws Exception {
        server.login = TestServer.failing(Status.UNAVAILABLE);
        Upstream upstream = server.upstream(builder -> builder.retry(GrpcUserGateway.LOGIN)
                .deadline(Duration.ofMinutes(1))
                .withoutBreaker());
        int calls = 2_000;
        long startedAt = System.nanoTime();

        List<CompletionStage<Session>> logins = new ArrayList<>();
        for (int i = 0; i < calls; i++) {
            logins.add(login(upstream));
        }
        for (CompletionStage<Session> login : logins) {
            assertThat(errorOf(login).code()).isEqualTo(CommonError.SERVICE_UNAVAILABLE);
        }

        // Each window of 10 seconds that was touched has a few of its own.
        long windows =
                2 + (System.nanoTime() - startedAt) / Duration.ofSeconds(10).toNanos();
        assertThat(upstream.retries()).isPositive().isLessThanOrEqualTo(calls / 10 + 10 * windows);
        assertThat(server.calls.get()).isEqualTo(calls + (int) upstream.retries());
        assertThat(upstream.retriesWithheld()).isPositive();
    }

    @Test
    void retriesNothingWithABudgetOfNothing() throws Exception {
        server.login = TestServer.failing(Status.UNAVAILABLE);
        Upstream upstream =
                server.upstream(builder -> builder.retry(GrpcUserGateway.LOGIN).retryBudget(0));

        errorOf(login(upstream));

        assertThat(server.calls).hasValue(1);
        assertThat(upstream.retries()).isZero();
        assertThat(upstream.retriesWithheld()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "soon", "60000"})
    void retriesNoCallWhoseServiceWantsNoneInTime(String pushback) throws Exception {
        Metadata trailers = new Metadata();
        trailers.put(PUSHBACK, pushback);
        server.login = (request, observer) -> observer.onError(Status.UNAVAILABLE.asRuntimeException(trailers));
        Upstream upstream = server.upstream(builder -> builder.retry(GrpcUserGateway.LOGIN));

        assertThat(errorOf(login(upstream)).code()).isEqualTo(CommonError.SERVICE_UNAVAILABLE);

        assertThat(server.calls).hasValue(1);
    }

    @Test
    void waitsForAsLongAsTheServiceWants() throws Exception {
        List<Long> arrivals = new ArrayList<>();
        server.login = (request, observer) -> {
            arrivals.add(System.nanoTime());
            if (arrivals.size() > 1) {
                TestServer.answer(
                        observer,
                        LoginResponse.newBuilder()
                                .setUser(User.newBuilder().setId("u-1"))
                                .build());
                return;
            }
            observer.onError(StatusProto.toStatusRuntimeException(com.google.rpc.Status.newBuilder()
                    .setCode(Status.Code.UNAVAILABLE.value())
                    .addDetails(com.google.protobuf.Any.pack(com.google.rpc.RetryInfo.newBuilder()
                            .setRetryDelay(
                                    com.google.protobuf.Duration.newBuilder().setNanos(700_000_000))
                            .build()))
                    .build()));
        };
        Upstream upstream = server.upstream(builder -> builder.retry(GrpcUserGateway.LOGIN));

        resultOf(login(upstream));

        assertThat(arrivals.get(1) - arrivals.get(0)).isGreaterThanOrEqualTo(600_000_000L);
    }

    @Test
    void retriesNoCallThatWasLimited() throws Exception {
        server.login = TestServer.failing(Status.RESOURCE_EXHAUSTED);
        Upstream upstream = server.upstream(builder -> builder.retry(GrpcUserGateway.LOGIN));

        assertThat(errorOf(login(upstream)).code()).isEqualTo(CommonError.RATE_LIMIT_EXCEEDED);

        assertThat(server.calls).hasValue(1);
    }

    @Test
    void endsCallsThatWaitForTheirNextAttemptWhenItIsClosed() throws Exception {
        Metadata trailers = new Metadata();
        trailers.put(PUSHBACK, "20000");
        server.login = (request, observer) -> observer.onError(Status.UNAVAILABLE.asRuntimeException(trailers));
        Upstream upstream =
                server.upstream(builder -> builder.retry(GrpcUserGateway.LOGIN).deadline(Duration.ofMinutes(1)));
        CompletionStage<Session> waiting = login(upstream);
        await().until(() -> server.calls.get() == 1);

        upstream.close();

        assertThat(errorOf(waiting).code()).isEqualTo(CommonError.SERVICE_UNAVAILABLE);
        assertThat(server.calls).hasValue(1);
    }

    @Test
    void rejectsAShareThatIsNone() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> server.upstream().retryBudget(101))
                .withMessage("retryBudget: 101 (expected: 0 to 100)");
    }

    private static boolean spend(RetryBudget budget) {
        boolean reserved = budget.reserve();
        if (reserved) {
            budget.begin();
        }
        return reserved;
    }

    private static CompletionStage<Session> login(Upstream upstream) {
        return new GrpcUserGateway(upstream)
                .login(new Credentials("ada@example.org", "correct horse"), CallContext.create());
    }
}
