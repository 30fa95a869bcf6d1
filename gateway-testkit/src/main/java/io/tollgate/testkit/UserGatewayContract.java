package io.tollgate.testkit;

import static io.tollgate.testkit.Failures.assertFails;
import static io.tollgate.testkit.Failures.missing;
import static io.tollgate.testkit.Stages.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tollgate.api.CallContext;
import io.tollgate.api.Cancellation;
import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.token.TokenPair;
import io.tollgate.api.user.Credentials;
import io.tollgate.api.user.Registration;
import io.tollgate.api.user.Session;
import io.tollgate.api.user.UserGateway;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/**
 * The promises of a {@link UserGateway}. The test of an implementation extends this and returns the implementation:
 *
 * <pre>{@code
 * class LdapUserGatewayTest extends UserGatewayContract {
 *     private final LdapUserGateway users = new LdapUserGateway(directory());
 *
 *     protected UserGateway gateway() {
 *         return users;
 *     }
 *
 *     protected boolean supportsTokens() {
 *         return false;
 *     }
 * }
 * }</pre>
 *
 * <p>Each test registers accounts of its own, so the service may be real and may keep them.
 */
public abstract class UserGatewayContract {
    private static final String PASSWORD = "Correct-horse-7-battery";

    private final CallContext context = CallContext.create();
    private final String name =
            "u" + UUID.randomUUID().toString().replace("-", "").substring(0, 20);
    private final String email = name + "@example.org";

    /** Creates the tests of a gateway. */
    protected UserGatewayContract() {}

    /** Returns the gateway under test, always the same during one test. */
    protected abstract UserGateway gateway();

    /** Returns whether the service issues tokens and refreshes them; true by default. */
    protected boolean supportsTokens() {
        return true;
    }

    @Test
    void registersAnAccount() {
        Session session = await(register(email, name));

        assertEquals(email, session.user().email());
        assertEquals(name, session.user().username());
        assertFalse(session.user().id().isBlank(), "the user has an id");
        assertEquals(supportsTokens(), session.tokens().isPresent(), "the session has tokens");
    }

    @Test
    void rejectsATakenEmail() {
        await(register(email, name));

        assertFails(CommonError.RESOURCE_ALREADY_EXISTS, register(email, name + "-2"));
    }

    @Test
    void rejectsATakenUsername() {
        await(register(email, name));

        assertFails(CommonError.RESOURCE_ALREADY_EXISTS, register("2-" + email, name));
    }

    @Test
    void registersOneOfManyWhoWantTheSameName() throws Exception {
        List<Boolean> registered = Stages.onThreads(
                8,
                () -> register(email, name)
                        .handle((session, failure) -> {
                            if (failure == null) {
                                return true;
                            }
                            assertEquals(
                                    CommonError.RESOURCE_ALREADY_EXISTS,
                                    GatewayException.from(failure).code());
                            return false;
                        })
                        .toCompletableFuture()
                        .join());

        assertEquals(1, Collections.frequency(registered, true));
    }

    @Test
    void logsAUserIn() {
        Session registered = await(register(email, name));

        Session session = await(login(email, PASSWORD));

        assertEquals(registered.user().id(), session.user().id());
        assertEquals(name, session.user().username());
        assertEquals(supportsTokens(), session.tokens().isPresent(), "the session has tokens");
    }

    @Test
    void rejectsAWrongPasswordAndAnUnknownEmailAlike() {
        await(register(email, name));

        GatewayException wrong = assertFails(CommonError.UNAUTHENTICATED, login(email, PASSWORD + "!"));
        GatewayException unknown = assertFails(CommonError.UNAUTHENTICATED, login("nobody-" + email, PASSWORD));

        assertEquals(wrong.getMessage(), unknown.getMessage(), "messages that tell which of both it was");
        assertFalse(wrong.getMessage().contains(PASSWORD), wrong.getMessage());
    }

    @Test
    void refreshesTokens() {
        assumeTrue(supportsTokens());
        TokenPair first = await(register(email, name)).tokens().orElseThrow();

        TokenPair second = await(gateway().refresh(first.refreshToken().orElseThrow(), context));

        assertFalse(second.accessToken().isEmpty(), "there is an access token");
        assertNotEquals(first.refreshToken(), second.refreshToken());
    }

    @Test
    void rejectsARefreshTokenThatNobodyIssued() {
        assumeTrue(supportsTokens());

        assertFails(CommonError.UNAUTHENTICATED, gateway().refresh("made-up-by-the-client", context));
    }

    @Test
    void endsACallWhoseDeadlineHasPassed() {
        await(register(email, name));
        CallContext late = context.withTimeout(Duration.ZERO);

        assertFails(CommonError.REQUEST_TIMEOUT, gateway().login(new Credentials(email, PASSWORD), late));
    }

    @Test
    void endsACallThatIsCancelled() {
        await(register(email, name));
        Cancellation client = new Cancellation();
        client.cancel();

        assertFails(
                CommonError.REQUEST_TIMEOUT,
                gateway().login(new Credentials(email, PASSWORD), context.withCancellation(client)));
    }

    @Test
    void throwsAtOnceWhenMisused() {
        UserGateway gateway = gateway();
        Credentials credentials = new Credentials(email, PASSWORD);

        assertThrows(NullPointerException.class, () -> gateway.register(missing(), context));
        assertThrows(NullPointerException.class, () -> gateway.login(missing(), context));
        assertThrows(NullPointerException.class, () -> gateway.refresh(missing(), context));
        assertThrows(NullPointerException.class, () -> gateway.login(credentials, missing()));
    }

    private CompletionStage<Session> register(String address, String username) {
        return gateway().register(new Registration(address, username, PASSWORD), context);
    }

    private CompletionStage<Session> login(String address, String password) {
        return gateway().login(new Credentials(address, password), context);
    }
}
