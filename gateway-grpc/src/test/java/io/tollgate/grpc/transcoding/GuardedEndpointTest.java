package io.tollgate.grpc.transcoding;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.CommonError;
import io.tollgate.api.guard.GuardListener;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.http.ErrorRenderer;
import io.tollgate.api.http.HttpRequest;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import io.tollgate.api.ratelimit.RateLimiter;
import io.tollgate.testkit.TestRequest;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Reservations of a guard, which must be settled however a request ends. */
class GuardedEndpointTest {
    private static final TestRequest GET = TestRequest.get("/v1/shelves/1/books/2");
    private static final ErrorRenderer BROKEN = (error, head, requestId) -> {
        throw new IllegalStateException("a broken renderer");
    };

    private static Front front;

    private final Queue<String> settled = new ConcurrentLinkedQueue<>();
    private final RequestGuard guard = RequestGuard.builder()
            .limiter(new Generous(), List.of(reserving()))
            .listener(new GuardListener() {
                @Override
                public void settled(HttpRequestHead head, RateLimitDecision reservation, boolean charged) {
                    settled.add(charged ? "charged" : "refunded");
                }
            })
            .build();

    private static RateLimitPolicy reserving() {
        return context -> List.of(RateLimitCheck.of("failures", context.addressKey(), RateLimit.perHour(5))
                .reservedFor(Set.of(CommonError.ROUTE_NOT_FOUND)));
    }

    @BeforeAll
    static void open() {
        front = Front.open();
    }

    @AfterAll
    static void close() {
        front.close();
    }

    private CompletableFuture<HttpResponse> handle(HttpRequest request, ErrorRenderer errors) {
        return front.transcoder.endpoint(guard, errors).handle(request).toCompletableFuture();
    }

    @Test
    void refundsARequestThatSucceeds() {
        assertThat(handle(GET, ErrorRenderer.envelope()).join().status()).isEqualTo(200);
        assertThat(settled).containsExactly("refunded");
    }

    @Test
    void chargesARequestWithTheErrorThatItIsFor() {
        assertThat(handle(TestRequest.get("/nowhere"), ErrorRenderer.envelope())
                        .join()
                        .status())
                .isEqualTo(404);
        assertThat(settled).containsExactly("charged");
    }

    @Test
    void settlesARequestWhoseBodyThrows() {
        HttpResponse response = handle(new Throwing(), ErrorRenderer.envelope()).join();

        assertThat(response.status()).isEqualTo(500);
        assertThat(response.header("X-Request-Id")).isPresent();
        assertThat(settled).containsExactly("refunded");
    }

    @Test
    void settlesARequestWhoseErrorCannotBeRendered() {
        CompletableFuture<HttpResponse> response = handle(TestRequest.get("/nowhere"), BROKEN);

        assertThat(response.handle((made, failure) -> failure).join()).hasRootCauseMessage("a broken renderer");
        assertThat(settled).containsExactly("charged");
    }

    @Test
    void failsForTheServerIfTheBodyThrows() {
        MatchedRoute route = front.transcoder.route(GET).orElseThrow();
        CompletionStage<HttpResponse> response =
                route.handle(new Throwing(), Optional.empty(), GET.peer(), GET.context());

        assertThat(response.toCompletableFuture()
                        .handle((made, failure) -> failure)
                        .join())
                .hasRootCauseMessage("a broken server");
    }

    /** A request of a server that throws where it must not. */
    private static final class Throwing implements HttpRequest {
        @Override
        public String method() {
            return GET.method();
        }

        @Override
        public String path() {
            return GET.path();
        }

        @Override
        public Optional<String> query() {
            return GET.query();
        }

        @Override
        public InetAddress peer() {
            return GET.peer();
        }

        @Override
        public List<String> headers(String name) {
            return GET.headers(name);
        }

        @Override
        public CompletionStage<byte[]> body(int maxBytes) {
            throw new IllegalStateException("a broken server");
        }
    }

    /** Allows everything. */
    private static final class Generous implements RateLimiter {
        @Override
        public CompletionStage<RateLimitDecision> decide(RateLimitCheck check) {
            return CompletableFuture.completedStage(
                    RateLimitDecision.allowed(check, 1, Instant.EPOCH.plus(Duration.ofDays(1))));
        }

        @Override
        public CompletionStage<Void> refund(RateLimitDecision decision) {
            return CompletableFuture.completedStage(null);
        }
    }
}
