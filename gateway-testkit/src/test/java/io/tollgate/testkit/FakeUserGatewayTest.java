package io.tollgate.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tollgate.api.CallContext;
import io.tollgate.api.Cancellation;
import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.token.TokenPair;
import io.tollgate.api.user.Credentials;
import io.tollgate.api.user.Session;
import io.tollgate.api.user.UserGateway;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class FakeUserGatewayTest extends UserGatewayContract {
    private static final Credentials ANN = new Credentials("ann@example.org", "correct horse");

    private final VirtualTime time = new VirtualTime();
    private final FakeUserGateway users =
            new FakeUserGateway(time).withAccount("ann@example.org", "ann", "correct horse");
    private final CallContext context = CallContext.of("request-1");

    @Override
    protected UserGateway gateway() {
        return users;
    }

    @Test
    void numbersAccountsAndTokensAndDatesThem() {
        Session session = users.login(ANN, context).toCompletableFuture().join();

        assertThat(session.user().id()).isEqualTo("user-1");
        assertThat(session.user().createdAt()).contains(time.now());
        assertThat(session.tokens()).contains(TokenPair.of("access-1", "refresh-1"));
        assertThat(users.refresh("refresh-1", context).toCompletableFuture())
                .isCompletedWithValue(TokenPair.of("access-2", "refresh-2"));
        assertThat(users.refresh("refresh-1", context).toCompletableFuture()).isCompletedExceptionally();
    }

    @Test
    void leavesTheTokensToTheGateway() {
        users.withoutTokens();

        assertThat(users.login(ANN, context).toCompletableFuture().join().tokens())
                .isEmpty();
    }

    @Test
    void failsAsScriptedAndThenWorksAgain() {
        users.failNext(GatewayException.of(CommonError.SERVICE_UNAVAILABLE, "first"))
                .failNext(GatewayException.of(CommonError.CIRCUIT_OPEN, "second"));

        assertThatThrownBy(() -> Stages.await(users.login(ANN, context))).hasMessage("first");
        assertThatThrownBy(() -> Stages.await(users.refresh("refresh-1", context)))
                .hasMessage("second");
        assertThat(Stages.await(users.login(ANN, context)).user().username()).isEqualTo("ann");
    }

    @Test
    void hangsUntilItIsReleasedOnTheThreadThatReleases() {
        users.hangNext();
        CompletionStage<Session> hanging = users.login(ANN, context);
        CompletableFuture<Thread> completedOn =
                hanging.thenApply(session -> Thread.currentThread()).toCompletableFuture();
        assertThat(users.hanging()).isEqualTo(1);
        assertThat(completedOn).isNotDone();

        users.release();

        assertThat(completedOn).isCompletedWithValue(Thread.currentThread());
        assertThat(users.hanging()).isZero();
    }

    @Test
    void endsACallThatHangsWhenItsClientLeaves() {
        Cancellation client = new Cancellation();
        users.hangNext();
        CompletionStage<Session> hanging = users.login(ANN, context.withCancellation(client));

        client.cancel();

        assertThat(Failures.assertFails(CommonError.REQUEST_TIMEOUT, hanging)).isNotNull();
        assertThat(users.hanging()).isZero();
    }

    @Test
    void endsACallThatHangsAtItsDeadline() {
        users.hangNext();

        Failures.assertFails(CommonError.REQUEST_TIMEOUT, users.login(ANN, context.withTimeout(Duration.ofMillis(50))));
    }

    @Test
    void completesACallThatHangsForItselfAlone() {
        users.hangNext();
        CompletionStage<Session> hanging = users.login(ANN, context);
        hanging.toCompletableFuture().cancel(true);

        users.release();

        assertThat(Stages.await(hanging).user().username()).isEqualTo("ann");
    }

    @Test
    void recordsTheContextsOfCalls() {
        users.login(ANN, context);
        users.refresh("refresh-1", CallContext.of("request-2"));

        assertThat(users.contexts()).extracting(CallContext::requestId).containsExactly("request-1", "request-2");
    }
}
