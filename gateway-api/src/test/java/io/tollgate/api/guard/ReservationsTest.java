package io.tollgate.api.guard;

import static io.tollgate.api.CommonError.INVALID_REQUEST;
import static io.tollgate.api.CommonError.RATE_LIMIT_EXCEEDED;
import static io.tollgate.api.CommonError.SERVICE_UNAVAILABLE;
import static io.tollgate.api.CommonError.UNAUTHENTICATED;
import static io.tollgate.api.guard.Requests.admitted;
import static io.tollgate.api.guard.Requests.anonymous;
import static io.tollgate.api.guard.Requests.now;
import static io.tollgate.api.guard.Requests.rejected;
import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.CommonError;
import io.tollgate.api.ErrorCode;
import io.tollgate.api.ErrorType;
import io.tollgate.api.order.OrderError;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitContext;
import io.tollgate.api.ratelimit.RateLimitContext.Phase;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import io.tollgate.api.token.AccessRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens that are taken at the start and kept or given back by the end of the request. */
class ReservationsTest {
    private static final String BUCKET = "logins ip:192.0.2.1";

    private final MemoryLimiter limiter = new MemoryLimiter();
    private final Recorder recorder = new Recorder();

    /** Failed logins of an address: at most this many. */
    private static RateLimitPolicy logins(long most) {
        return context -> List.of(reservation("logins", context.addressKey(), most));
    }

    private static RateLimitCheck reservation(String policy, String key, long most) {
        return RateLimitCheck.of(policy, key, RateLimit.perHour(most)).reservedFor(Set.of(UNAUTHENTICATED));
    }

    private RequestGuard guard(RateLimitPolicy... policies) {
        return RequestGuard.builder()
                .limiter(limiter, List.of(policies))
                .listener(recorder)
                .build();
    }

    static Stream<Arguments> ends() {
        return Stream.of(
                end("the error that it is for", true, request -> request.settle(UNAUTHENTICATED)),
                end("the status of that error", true, request -> request.settle(401)),
                end("an unknown end", true, Admitted::close),
                end("success", false, request -> request.settle(200)),
                end("a redirection", false, request -> request.settle(302)),
                end("a validation error", false, request -> request.settle(INVALID_REQUEST)),
                end("status 400", false, request -> request.settle(400)),
                end("status 403", false, request -> request.settle(403)),
                end("a rate limit of the service", false, request -> request.settle(RATE_LIMIT_EXCEEDED)),
                end("status 429", false, request -> request.settle(429)),
                end("a service that is down", false, request -> request.settle(SERVICE_UNAVAILABLE)),
                end("status 500", false, request -> request.settle(500)),
                end("status 599", false, request -> request.settle(599)),
                end(
                        "a code of a service",
                        false,
                        request -> request.settle(ErrorCode.of("BOOK_LENT", ErrorType.CONFLICT_ERROR, 409))),
                end("a client that left before anything was done", false, Admitted::abandon));
    }

    private static Arguments end(String name, boolean charged, Consumer<Admitted> end) {
        return Arguments.argumentSet(name, charged, end);
    }

    @ParameterizedTest
    @MethodSource("ends")
    void areKeptOrRefundedByTheEnd(boolean charged, Consumer<Admitted> end) {
        Admitted request = admitted(guard(logins(5)), anonymous(), AccessRule.open());
        assertThat(limiter.taken(BUCKET)).isEqualTo(1);

        end.accept(request);

        assertThat(limiter.taken(BUCKET)).isEqualTo(charged ? 1 : 0);
        assertThat(recorder.settlements()).containsExactly("settled logins " + (charged ? "charged" : "refunded"));
    }

    @Test
    void areKeptByTheStatusOfAnyOfTheirErrors() {
        RateLimitPolicy hoarding =
                context -> List.of(RateLimitCheck.of("hoarding", context.addressKey(), RateLimit.perHour(5))
                        .reservedFor(Set.of(OrderError.ALREADY_IN_QUEUE)));

        admitted(guard(hoarding), anonymous(), AccessRule.open()).settle(409);

        assertThat(limiter.taken("hoarding ip:192.0.2.1")).isEqualTo(1);
    }

    @Test
    void areSettledByTheFirstEndOnly() {
        Admitted request = admitted(guard(logins(5)), anonymous(), AccessRule.open());

        request.settle(200);
        request.settle(UNAUTHENTICATED);
        request.abandon();
        request.close();
        request.settle(200);

        assertThat(limiter.taken(BUCKET)).isZero();
        assertThat(limiter.refunds()).isEqualTo(1);
        assertThat(recorder.settlements()).hasSize(1);
    }

    @Test
    void areSettledOnceThoughManyThreadsEndTheRequest() throws InterruptedException {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        RequestGuard guard = guard(logins(1_000_000));
        int requests = 500;
        CountDownLatch ended = new CountDownLatch(requests * 4);
        for (int i = 0; i < requests; i++) {
            Admitted request = admitted(guard, anonymous(), AccessRule.open());
            List<Runnable> ends = List.of(
                    () -> request.settle(200), request::close, request::abandon, () -> request.settle(UNAUTHENTICATED));
            for (Runnable end : ends) {
                threads.execute(() -> {
                    end.run();
                    ended.countDown();
                });
            }
        }
        ended.await();
        threads.shutdown();

        assertThat(recorder.settlements()).hasSize(requests);
        assertThat(limiter.taken(BUCKET)).isEqualTo(requests - limiter.refunds());
        assertThat(recorder.settlements().stream().filter(line -> line.endsWith("refunded")))
                .hasSize(limiter.refunds());
    }

    @Test
    void areRefundedIfALaterPolicyRejects() {
        RequestGuard guard = guard(logins(5), Requests.perClient("default", 1));
        admitted(guard, anonymous(), AccessRule.open()).settle(200);
        assertThat(limiter.taken(BUCKET)).isZero();

        rejected(guard, anonymous(), AccessRule.open());

        assertThat(limiter.taken(BUCKET)).isZero();
        assertThat(limiter.refunds()).isEqualTo(2);
        assertThat(recorder.settlements()).containsExactly("settled logins refunded", "settled logins refunded");
    }

    @Test
    void areRefundedIfAPolicyOfTheBodyRejects() {
        RequestGuard guard = guard(
                logins(5), Requests.in(Phase.BODY, context -> List.of(reservation("accounts", "account:ann", 1))));
        now(admitted(guard, anonymous(), AccessRule.open()).onBody(Map.of()));

        Admitted second = admitted(guard, anonymous(), AccessRule.open());
        Admission body = now(second.onBody(Map.of()));
        second.settle(UNAUTHENTICATED);

        assertThat(body).isInstanceOf(Rejected.class);
        assertThat(limiter.taken(BUCKET)).as("the first is in flight").isEqualTo(1);
        assertThat(recorder.settlements()).containsExactly("settled logins refunded");
    }

    @Test
    void rejectWhatWouldBeTooManyAtOnce() {
        RequestGuard guard = guard(logins(2));
        Admitted first = admitted(guard, anonymous(), AccessRule.open());
        admitted(guard, anonymous(), AccessRule.open());

        assertThat(rejected(guard, anonymous(), AccessRule.open()).error().code())
                .isEqualTo(RATE_LIMIT_EXCEEDED);

        first.settle(200);
        admitted(guard, anonymous(), AccessRule.open());
    }

    @Test
    void ofBothPhasesAreSettledTogether() {
        RequestGuard guard = guard(
                logins(5),
                Requests.in(
                        Phase.BODY,
                        context -> List.of(reservation(
                                "accounts",
                                "account:" + context.attribute("account").orElseThrow(),
                                5))));
        Admitted request = admitted(guard, anonymous(), AccessRule.open());
        now(request.onBody(Map.of("account", "ann")));

        request.settle(UNAUTHENTICATED);

        assertThat(limiter.taken(BUCKET)).isEqualTo(1);
        assertThat(limiter.taken("accounts account:ann")).isEqualTo(1);
        assertThat(recorder.settlements()).containsExactly("settled logins charged", "settled accounts charged");
    }

    @Test
    void ofAShadowThatWouldHaveRejectedAreNotSettled() {
        RequestGuard guard = guard(context ->
                List.of(reservation("logins", context.addressKey(), 1).asShadow()));
        admitted(guard, anonymous(), AccessRule.open());

        Admitted second = admitted(guard, anonymous(), AccessRule.open());
        second.settle(200);

        assertThat(limiter.taken(BUCKET)).isEqualTo(1);
        assertThat(recorder.settlements()).isEmpty();
    }

    @Test
    void ofNoCostAreSettledWithoutARefund() {
        RequestGuard guard = guard(context ->
                List.of(reservation("logins", context.addressKey(), 1).withCost(0)));

        admitted(guard, anonymous(), AccessRule.open()).settle(200);

        assertThat(limiter.refunds()).isZero();
        assertThat(recorder.settlements()).containsExactly("settled logins refunded");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void madeAfterTheEndAreSettledByIt(boolean charged) throws InterruptedException {
        LateLimiter late = new LateLimiter();
        RequestGuard guard = RequestGuard.builder()
                .limiter(
                        late, List.of(Requests.in(Phase.BODY, c -> List.of(reservation("accounts", "account:ann", 5)))))
                .listener(recorder)
                .build();
        Admitted request = (Admitted)
                now(guard.admit(anonymous(), Optional.of("/shop"), AccessRule.open(), RequestGuard.SAME_THREAD));
        CompletionStage<Admission> body = request.onBody(Map.of());

        if (charged) {
            request.close();
        } else {
            request.abandon();
        }
        late.decideAllWaiting();

        body.toCompletableFuture().join();
        assertThat(late.taken("accounts account:ann")).isEqualTo(charged ? 1 : 0);
        assertThat(recorder.settlements()).containsExactly("settled accounts " + (charged ? "charged" : "refunded"));
    }

    @Test
    void leaveTheEndItselfToBeCharged() {
        List<Optional<ErrorCode>> errors = new ArrayList<>();
        RateLimitPolicy notFound = Requests.in(Phase.OUTCOME, context -> {
            errors.add(context.error());
            return context.error().isPresent()
                    ? List.of(RateLimitCheck.of("misses", context.addressKey(), RateLimit.perHour(1)))
                    : List.of();
        });
        RequestGuard guard = guard(notFound);

        now(admitted(guard, anonymous(), AccessRule.open()).settle(204));
        now(admitted(guard, anonymous(), AccessRule.open()).settle(404));
        Admitted third = admitted(guard, anonymous(), AccessRule.open());
        now(third.settle(OrderError.SOLD_OUT));

        assertThat(errors)
                .containsExactly(
                        Optional.empty(),
                        Optional.of(CommonError.RESOURCE_NOT_FOUND),
                        Optional.of(OrderError.SOLD_OUT));
        assertThat(limiter.taken("misses ip:192.0.2.1")).isEqualTo(1);
        assertThat(third.reported().orElseThrow().allowed()).isFalse();
    }

    @Test
    void leaveARejectionByItsTokenToBeChargedAtTheEnd() {
        List<RateLimitContext> ends = new ArrayList<>();
        RequestGuard guard = RequestGuard.builder()
                .tokens(NamedTokens.cheap())
                .limiter(limiter, List.of(Requests.in(Phase.OUTCOME, context -> {
                    ends.add(context);
                    return List.of();
                })))
                .build();

        rejected(guard, Requests.with("forged"), AccessRule.token());

        assertThat(ends).hasSize(1);
        assertThat(ends.get(0).error()).contains(CommonError.INVALID_TOKEN);
        assertThat(ends.get(0).phase()).isEqualTo(Phase.OUTCOME);
    }

    @Test
    void settleCompletesWhenTheEndIsCharged() throws InterruptedException {
        LateLimiter late = new LateLimiter();
        RequestGuard guard = RequestGuard.builder()
                .limiter(
                        late,
                        List.of(Requests.in(
                                Phase.OUTCOME, c -> List.of(RateLimitCheck.of("ends", "all", RateLimit.perHour(2))))))
                .build();
        Admitted request = (Admitted)
                now(guard.admit(anonymous(), Optional.of("/shop"), AccessRule.open(), RequestGuard.SAME_THREAD));

        CompletableFuture<Void> settled = request.settle(200).toCompletableFuture();
        assertThat(settled).isNotDone();
        late.decideAllWaiting();

        assertThat(settled).isCompletedWithValue(null);
        assertThat(Requests.headers(request)).containsEntry("X-RateLimit-Remaining", "1");
    }
}
