package io.tollgate.servercontract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tollgate.api.CommonError;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitDecision.Source;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import io.tollgate.ratelimit.Policies;
import java.net.ConnectException;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * The promises of an integration with an HTTP server. A test of an integration extends this, starts its server, and says what
 * the server can do:
 *
 * <pre>{@code
 * class GuardFilterContractTest extends ServerContract {
 *     protected ServerUnderTest start(RequestGuard guard, TestHandlers handlers) {
 *         ...
 *     }
 * }
 * }</pre>
 *
 * <p>All requests come over sockets; buckets are in a real redis-server. Tests of one class run one after another, those of
 * several classes at the same time.
 */
public abstract class ServerContract extends LimitPromises {
    /**
     * Starts a server on a free port of the loopback address, with the routes of {@link TestHandlers} behind {@code guard}.
     * It must handle a request while {@link #concurrentRequests()} others block.
     */
    @Override
    protected abstract ServerUnderTest start(RequestGuard guard, TestHandlers handlers) throws Exception;

    /**
     * Returns whether handlers may block the threads of the server. If not, {@link TestHandlers#blocking} need not run on one of
     * them; true by default.
     */
    protected boolean handlersMayBlock() {
        return true;
    }

    /**
     * Returns whether the server notices that a client left while a handler works, and the integration settles the request
     * then; false by default: it is settled when the handler is done.
     */
    protected boolean noticesClientLeaving() {
        return false;
    }

    /** Returns the number of handlers that block at the same time; 16 by default. */
    protected int concurrentRequests() {
        return 16;
    }

    @Test
    void handlersRunOnThreadsOfTheServer() throws Exception {
        ServerUnderTest server = serve(guard(shared(), perHour(100)).build());

        for (int i = 0; i < 10; i++) {
            assertHello(getAs("user-" + i, server, "/hello"), "user-" + i); // A token that is not cached.
        }

        assertThat(events().takeSources()).hasSize(10).containsOnly(Source.SHARED);
        assertThat(handlers().threads()).hasSize(10).allMatch(server::isServerThread);
    }

    @Test
    void blockingHandlersDoNotStarveTheLimiter() throws Exception {
        ServerUnderTest server = serve(guard(shared(), perHour(1_000)).build());
        String bearer = bearer("ann");
        List<CompletableFuture<HttpResponse<String>>> blocked = new ArrayList<>();
        for (int i = 0; i < concurrentRequests(); i++) {
            blocked.add(http().sendAsync(
                            request(server, "/blocking", "Authorization", bearer)
                                    .build(),
                            BodyHandlers.ofString()));
        }
        handlers().awaitBlocked(concurrentRequests());
        events().takeSources();

        for (int i = 0; i < 20; i++) {
            assertHello(get(server, "/hello", "Authorization", bearer("user-" + i)), "user-" + i);
        }
        assertThat(events().takeSources()).hasSize(20).containsOnly(Source.SHARED);

        handlers().release();
        for (CompletableFuture<HttpResponse<String>> response : blocked) {
            assertHello(response.get(), "ann");
        }
        if (handlersMayBlock()) {
            assertThat(handlers().blockedThreads()).allMatch(server::isServerThread);
        }
    }

    @Test
    void settlesARequestOnceWhoseClientLeavesWhileItIsHandled() throws Exception {
        ServerUnderTest server = serve(guardWithoutTokens(shared(), reserving()).build());
        try (Connection connection = new Connection(server.port())) {
            connection.send("""
                    GET /blocking HTTP/1.1
                    Host: localhost

                    """);
            handlers().awaitBlocked(1);
            connection.reset();
        }

        if (noticesClientLeaving()) {
            awaitSettlements(1);
            assertThat(events().settlements())
                    .as("charged, since the outcome is unknown")
                    .containsExactly(true);
        }
        handlers().release();
        awaitSettlements(1);
        assertHello(get(server, "/hello"), "anonymous");
        awaitSettlements(2);
        server.close();
        assertThat(events().settlements())
                .as("of the request that was left, and of the next")
                .hasSize(2);
    }

    @Test
    void settlesARequestOnceWhoseClientLeavesBeforeTheDecision() throws Exception {
        HeldRateLimiter limiter = new HeldRateLimiter();
        ServerUnderTest server = serve(guardWithoutTokens(limiter, reserving()).build());
        try (Connection connection = new Connection(server.port())) {
            connection.send("""
                    GET /hello HTTP/1.1
                    Host: localhost

                    """);
            Awaitility.await().atMost(WITHIN).until(() -> limiter.held() == 1);
            connection.reset();
        }
        limiter.release();
        awaitSettlements(1);

        CompletableFuture<HttpResponse<String>> next =
                http().sendAsync(request(server, "/hello").build(), BodyHandlers.ofString());
        Awaitility.await().atMost(WITHIN).until(() -> limiter.held() == 1);
        limiter.release();
        assertHello(next.get(), "anonymous");
        awaitSettlements(2);
        server.close();
        assertThat(events().settlements())
                .as("of the request that was left, and of the next")
                .hasSize(2);
    }

    @Test
    void closesWithoutThreadsOrConnectionsThatRemain() throws Exception {
        ServerUnderTest server = serve(guard(shared(), perHour(5)).build());
        try (Connection connection = new Connection(server.port())) {
            connection.send("""
                    GET /hello HTTP/1.1
                    Host: localhost
                    Authorization: %s

                    """.formatted(bearer("ann")));
            connection.readUntil("Hello, ann");

            server.close();

            connection.awaitEnd();
        }
        Awaitility.await("the end of the server's threads")
                .atMost(WITHIN)
                .untilAsserted(
                        () -> assertThat(Thread.getAllStackTraces().keySet()).noneMatch(server::isServerThread));
        assertThatThrownBy(() -> new Connection(server.port()).close()).isInstanceOf(ConnectException.class);
    }

    /** Returns a policy that reserves a token for each request, which is refunded unless the request ends with 401. */
    private static RateLimitPolicy reserving() {
        return Policies.named("failures")
                .limit(RateLimit.perHour(100))
                .chargeOnlyOn(CommonError.UNAUTHENTICATED)
                .build();
    }
}
