package io.tollgate.runner.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.tollgate.grpc.order.PurchaseResponse;
import io.tollgate.grpc.user.LoginResponse;
import io.tollgate.grpc.user.User;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which calls the gateway sends again when a service is unavailable once, counted at the service. */
class RetriesTest {
    private final AtomicInteger calls = new AtomicInteger();
    private ScriptedUpstream upstream;

    @BeforeEach
    void open() throws Exception {
        upstream = new ScriptedUpstream();
        upstream.login = unavailableOnce(LoginResponse.newBuilder()
                .setUser(User.newBuilder().setId("user-1"))
                .setAccessToken("access")
                .setRefreshToken("refresh")
                .build());
        upstream.purchase = unavailableOnce(PurchaseResponse.newBuilder()
                .setStatus(PurchaseResponse.Status.CONFIRMED)
                .build());
        upstream.register = unavailableOnce(null);
        upstream.refresh = unavailableOnce(null);
    }

    @AfterEach
    void close() {
        upstream.close();
    }

    @Test
    void sendsALoginAgain() throws Exception {
        try (Deployment deployment = Deployment.builder().upstream(upstream).start()) {
            Answer answer = deployment
                    .client()
                    .post("/api/v1/users/login", "{\"email\":\"ann@example.org\",\"password\":\"correct horse\"}");

            assertThat(answer.status()).isEqualTo(200);
            assertThat(calls).hasValue(2);
        }
    }

    @ParameterizedTest
    @CsvSource({"true, 200, 2", "false, 503, 1"})
    void sendsAPurchaseAgainOnlyIfTheServiceIsIdempotent(boolean idempotent, int status, int expected)
            throws Exception {
        try (Deployment deployment = Deployment.builder()
                .upstream(upstream)
                .with("SERVICES_ORDER_SERVICE_IDEMPOTENT", Boolean.toString(idempotent))
                .start()) {
            Answer answer = deployment
                    .client()
                    .send(
                            "POST",
                            "/api/v1/tickets/rock-2026/purchase",
                            BodyPublishers.noBody(),
                            "Authorization",
                            "Bearer " + deployment.token("user-1"));

            assertThat(answer.status()).isEqualTo(status);
            assertThat(calls).hasValue(expected);
        }
    }

    @Test
    void neverSendsARegistrationOrARefreshAgain() throws Exception {
        try (Deployment deployment = Deployment.builder().upstream(upstream).start()) {
            Client client = deployment.client();

            assertThat(client.post(
                                    "/api/v1/users/register",
                                    "{\"email\":\"ann@example.org\",\"username\":\"ann\",\"password\":\"correct horse\"}")
                            .status())
                    .isEqualTo(503);
            assertThat(calls).hasValue(1);
            calls.set(0);
            assertThat(client.post("/api/v1/users/refresh", "{\"refreshToken\":\"refresh\"}")
                            .status())
                    .isEqualTo(503);
            assertThat(calls).hasValue(1);
        }
    }

    @ParameterizedTest
    @CsvSource({"10, 20", "50, 60", "0, 0"})
    void sendsNoMoreAgainThanTheBudgetAllows(int budget, int most) throws Exception {
        upstream.login = (request, answer) -> {
            calls.incrementAndGet();
            answer.onError(Status.UNAVAILABLE.asRuntimeException());
        };
        int logins = 100;
        try (Deployment deployment = Deployment.builder()
                .upstream(upstream)
                .with("REDIS_TOKEN_BUCKET_CAPACITY", "100000")
                .with("SERVICES_USER_SERVICE_CIRCUIT_BREAKER", "false")
                .with("AUTH_BRUTE_FORCE_ENABLED", "false") // a hundred logins at once are many for one address
                .with("SERVICES_USER_SERVICE_DEADLINE", "1m") // for a busy machine
                .with("SERVICES_USER_SERVICE_RETRY_BUDGET", Integer.toString(budget))
                .start()) {
            long startedAt = System.nanoTime();
            List<CompletableFuture<Answer>> answers = new ArrayList<>();
            for (int i = 0; i < logins; i++) {
                answers.add(deployment
                        .client()
                        .sendAsync(
                                "POST",
                                "/api/v1/users/login",
                                BodyPublishers.ofString(
                                        "{\"email\":\"a" + i + "@example.org\",\"password\":\"correct horse\"}"),
                                "Content-Type",
                                "application/json"));
            }
            for (CompletableFuture<Answer> answer : answers) {
                assertThat(answer.get().status()).isEqualTo(503);
            }

            // Each second beyond the first ten allows one more.
            long more = budget == 0 ? 0 : (System.nanoTime() - startedAt) / 1_000_000_000;
            assertThat(calls.get() - logins).isBetween(Math.min(1, budget), most + (int) more);
            assertThat(deployment.scrape())
                    .containsPattern("tollgate_upstream_retries_total\\{outcome=\"sent\",upstream=\"user-service\"} "
                            + (calls.get() - logins) + "\\.0")
                    .containsPattern(
                            "tollgate_upstream_retries_total\\{outcome=\"withheld\",upstream=\"user-service\"} [1-9]");
        }
    }

    private <Q, A> BiConsumer<Q, StreamObserver<A>> unavailableOnce(@Nullable A then) {
        return (request, answer) -> {
            if (calls.incrementAndGet() == 1) {
                answer.onError(Status.UNAVAILABLE.asRuntimeException());
            } else if (then == null) {
                answer.onError(Status.INTERNAL.asRuntimeException());
            } else {
                answer.onNext(then);
                answer.onCompleted();
            }
        };
    }
}
