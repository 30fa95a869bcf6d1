package io.tollgate.auth.testkit;

import static io.tollgate.auth.testkit.Stages.assertFails;
import static io.tollgate.auth.testkit.Stages.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tollgate.api.CallContext;
import io.tollgate.api.Cancellation;
import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.Principal;
import io.tollgate.api.token.AccessToken;
import io.tollgate.api.token.TokenPair;
import io.tollgate.api.token.TokenService;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The promises of a {@link TokenService}. The test of an implementation extends this, returns the implementation, and lets time
 * pass for its tokens:
 *
 * <pre>{@code
 * class SessionTokensTest extends TokenServiceContract {
 *     private final VirtualTime time = new VirtualTime();
 *     private final TokenService tokens = new SessionTokens(time, Duration.ofMinutes(15));
 *
 *     protected TokenService service() {
 *         return tokens;
 *     }
 *
 *     protected void expireAccessTokens() {
 *         time.advance(Duration.ofMinutes(16));
 *     }
 * }
 * }</pre>
 *
 * <p>Each test uses users of its own. The format of the tokens is up to the service: a JWT, or a random text.
 */
public abstract class TokenServiceContract {
    private static final int THREADS = 16;

    private final String user = "user-" + UUID.randomUUID();
    private final CallContext context = CallContext.create();

    /** Creates the tests of a service. */
    protected TokenServiceContract() {}

    /** Returns the service under test, always the same during one test. */
    protected abstract TokenService service();

    /** Lets time pass until access tokens that were issued before have expired, and refresh tokens have not. */
    protected abstract void expireAccessTokens();

    /** Returns whether the service issues refresh tokens, which it replaces at each use; true by default. */
    protected boolean supportsRefresh() {
        return true;
    }

    /** Returns whether refresh tokens can be revoked; true by default. */
    protected boolean supportsRevocation() {
        return true;
    }

    /** Returns whether tokens carry claims of the principal, beside the id, the scopes and the roles; true by default. */
    protected boolean supportsClaims() {
        return true;
    }

    @Test
    void verifiesATokenThatItIssued() {
        Principal principal = new Principal(user, Set.of("tickets:buy", "tickets:read"), Set.of("admin"), Map.of());

        AccessToken token = await(service().verify(issue(principal).accessToken()));

        assertEquals(principal, token.principal());
    }

    @Test
    void keepsTheClaimsOfAPrincipal() {
        assumeTrue(supportsClaims());
        Principal principal =
                new Principal(user, Set.of(), Set.of(), Map.of("plan", "gold", "tenants", List.of("a", "b")));

        AccessToken token = await(service().verify(issue(principal).accessToken()));

        assertEquals(principal, token.principal());
    }

    @Test
    void issuesAnotherTokenEachTime() {
        TokenPair first = issue(Principal.of(user));
        TokenPair second = issue(Principal.of(user));

        assertNotEquals(first.accessToken(), second.accessToken());
        assertEquals(supportsRefresh(), first.refreshToken().isPresent(), "there is a refresh token");
    }

    @Test
    void rejectsWhatIsNoTokenOfIts() {
        String token = issue(Principal.of(user)).accessToken();
        int middle = token.length() / 2;
        String changed =
                token.substring(0, middle) + (token.charAt(middle) == 'A' ? 'B' : 'A') + token.substring(middle + 1);

        for (String hostile : List.of(
                "", " ", ".", "..", "a.b.c", token + "A", token.substring(1), changed, "x".repeat(100_000), "\u0000")) {
            GatewayException rejection =
                    assertThrows(GatewayException.class, () -> await(service().verify(hostile)), hostile);
            assertTrue(
                    rejection.code() == CommonError.INVALID_TOKEN
                            || rejection.code() == CommonError.INVALID_TOKEN_FORMAT,
                    rejection::toString);
            assertFalse(service().cached(hostile).isPresent(), hostile);
        }
    }

    @Test
    void rejectsATokenThatHasExpiredEvenIfItIsCached() {
        String token = issue(Principal.of(user)).accessToken();
        await(service().verify(token));
        await(service().verify(token));

        expireAccessTokens();

        assertFails(CommonError.TOKEN_EXPIRED, service().verify(token));
        assertEquals(Optional.empty(), service().cached(token));
    }

    @Test
    void cachesNothingButWhatItVerified() {
        String token = issue(Principal.of(user)).accessToken();
        AccessToken verified = await(service().verify(token));

        service().cached(token).ifPresent(cached -> assertEquals(verified, cached));
        assertEquals(Optional.empty(), service().cached(token + "A"));
    }

    @Test
    void rejectsARefreshTokenAsAnAccessToken() {
        assumeTrue(supportsRefresh());
        String refresh = issue(Principal.of(user)).refreshToken().orElseThrow();

        assertThrows(GatewayException.class, () -> await(service().verify(refresh)));
    }

    @Test
    void exchangesARefreshTokenForTokensOfTheSameUser() {
        assumeTrue(supportsRefresh());
        Principal principal = new Principal(user, Set.of("tickets:buy"), Set.of("admin"), Map.of());
        TokenPair first = issue(principal);
        expireAccessTokens();

        TokenPair second = refresh(first);
        TokenPair third = refresh(second);

        assertEquals(principal, await(service().verify(third.accessToken())).principal());
        assertNotEquals(second.refreshToken(), third.refreshToken());
    }

    @Test
    void rejectsARefreshTokenThatItNeverIssued() {
        assumeTrue(supportsRefresh());
        String refresh = issue(Principal.of(user)).refreshToken().orElseThrow();

        for (String hostile : List.of("", "made-up", refresh + "A", refresh.substring(1), "x".repeat(100_000))) {
            assertFails(CommonError.UNAUTHENTICATED, service().refresh(hostile));
        }
    }

    @Test
    void revokesTheFamilyOfARefreshTokenThatIsUsedAgain() {
        assumeTrue(supportsRefresh());
        TokenPair first = issue(Principal.of(user));
        // Used twice, so that the client of the first cannot be one that lost a response.
        TokenPair third = refresh(refresh(first));

        assertFails(
                CommonError.UNAUTHENTICATED,
                service().refresh(first.refreshToken().orElseThrow()));

        assertFails(
                CommonError.UNAUTHENTICATED,
                service().refresh(third.refreshToken().orElseThrow()));
    }

    @Test
    void givesOneSuccessorToManyThatUseTheSameRefreshTokenAtOnce() throws Exception {
        assumeTrue(supportsRefresh());
        String refresh = issue(Principal.of(user)).refreshToken().orElseThrow();

        List<Optional<String>> successors = Stages.atOnce(Collections.nCopies(THREADS, refresh), this::successor);

        Set<String> distinct = successors.stream().flatMap(Optional::stream).collect(Collectors.toSet());
        assertEquals(1, distinct.size(), "different successors of one token");
    }

    private Optional<String> successor(String refresh) {
        try {
            return await(service().refresh(refresh)).refreshToken();
        } catch (GatewayException e) {
            assertEquals(CommonError.UNAUTHENTICATED, e.code(), e::toString);
            return Optional.empty();
        }
    }

    @Test
    void neverUsesUpARefreshTokenForARequestThatHasEnded() {
        assumeTrue(supportsRefresh());
        TokenPair first = issue(Principal.of(user));
        String refresh = first.refreshToken().orElseThrow();
        Cancellation client = new Cancellation();
        client.cancel();

        assertFails(CommonError.REQUEST_TIMEOUT, service().refresh(refresh, context.withTimeout(Duration.ZERO)));
        assertFails(CommonError.REQUEST_TIMEOUT, service().refresh(refresh, context.withCancellation(client)));

        refresh(refresh(first));
    }

    @Test
    void revokesTheFamilyOfARefreshToken() {
        assumeTrue(supportsRefresh() && supportsRevocation());
        TokenPair first = issue(Principal.of(user));
        TokenPair other = issue(Principal.of(user));
        TokenPair second = refresh(first);

        await(service().revoke(second.refreshToken().orElseThrow()));

        assertFails(
                CommonError.UNAUTHENTICATED,
                service().refresh(second.refreshToken().orElseThrow()));
        refresh(other);
    }

    @Test
    void ignoresTheRevocationOfWhatIsNoRefreshToken() {
        assumeTrue(supportsRefresh() && supportsRevocation());
        TokenPair pair = issue(Principal.of(user));

        for (String unknown : List.of("", "made-up", pair.refreshToken().orElseThrow() + "A", "x".repeat(100_000))) {
            await(service().revoke(unknown));
        }

        refresh(pair);
    }

    @Test
    void revokesAllRefreshTokensOfAUserAndOfNobodyElse() {
        assumeTrue(supportsRefresh() && supportsRevocation());
        TokenPair one = issue(Principal.of(user));
        TokenPair two = refresh(issue(Principal.of(user)));
        TokenPair other = issue(Principal.of(user + "-2"));

        await(service().revokeAll(user));

        assertFails(
                CommonError.UNAUTHENTICATED,
                service().refresh(one.refreshToken().orElseThrow()));
        assertFails(
                CommonError.UNAUTHENTICATED,
                service().refresh(two.refreshToken().orElseThrow()));
        refresh(other);
        refresh(issue(Principal.of(user)));
    }

    private TokenPair issue(Principal principal) {
        return await(service().issue(principal, context));
    }

    private TokenPair refresh(TokenPair pair) {
        return await(service().refresh(pair.refreshToken().orElseThrow(), context));
    }
}
