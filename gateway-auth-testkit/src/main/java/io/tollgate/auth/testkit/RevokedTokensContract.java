package io.tollgate.auth.testkit;

import static io.tollgate.auth.testkit.Stages.assertFails;
import static io.tollgate.auth.testkit.Stages.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tollgate.api.CommonError;
import io.tollgate.api.Principal;
import io.tollgate.auth.JwtTokenService;
import io.tollgate.auth.JwtVerifier;
import io.tollgate.auth.keys.KeySource;
import io.tollgate.auth.keys.SignatureAlgorithm;
import io.tollgate.auth.keys.TokenKey;
import io.tollgate.auth.revocation.RevokedTokens;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * The promises of {@link RevokedTokens}, as a verifier sees them. The test of a list extends this and returns the list:
 *
 * <pre>{@code
 * class JdbcRevokedTokensTest extends RevokedTokensContract {
 *     protected RevokedTokens list() {
 *         return revoked;
 *     }
 * }
 * }</pre>
 */
public abstract class RevokedTokensContract {
    private final TokenKey key = TestKeys.of(SignatureAlgorithm.HS256);

    /** Creates the tests of a list. */
    protected RevokedTokensContract() {}

    /** Returns the list under test, up to date and always the same during one test. */
    protected abstract RevokedTokens list();

    @Test
    void rejectsARevokedTokenAtOnceEvenIfItIsCached() {
        JwtTokenService tokens = service();
        String token = issue(tokens);
        await(tokens.verify(token));
        await(tokens.verify(token));

        await(tokens.revokeAccessToken(token));

        assertFails(CommonError.INVALID_TOKEN, tokens.verify(token));
        assertFails(CommonError.INVALID_TOKEN, tokens.verify(token));
    }

    @Test
    void leavesOtherTokensOfTheSameUserAlone() {
        JwtTokenService tokens = service();
        String token = issue(tokens);
        String other = issue(tokens);

        await(tokens.revokeAccessToken(token));

        assertEquals("u", await(tokens.verify(other)).principal().userId());
    }

    @Test
    void revokesATokenThatHasNoId() {
        JwtTokenService tokens = service();
        String token = withoutId();
        String other = withoutId();
        await(tokens.verify(token));

        await(tokens.revokeAccessToken(token));

        assertFails(CommonError.INVALID_TOKEN, tokens.verify(token));
        assertEquals("u", await(tokens.verify(other)).principal().userId());
    }

    @Test
    void ignoresTheRevocationOfATokenThatIsNotAccepted() {
        JwtTokenService tokens = service();

        await(tokens.revokeAccessToken("no token"));
        await(tokens.revokeAccessToken("x".repeat(10_000)));
        await(tokens.revokeAccessToken(issue(tokens) + "A"));
    }

    @Test
    void rejectsItInTheOtherVerifiersOfTheList() {
        JwtTokenService tokens = service();
        JwtVerifier elsewhere = JwtVerifier.builder()
                .keys(KeySource.fixed(key))
                .revokedTokens(list())
                .build();
        String token = issue(tokens);
        await(elsewhere.verify(token));

        await(tokens.revokeAccessToken(token));

        assertFails(CommonError.INVALID_TOKEN, elsewhere.verify(token));
    }

    private JwtTokenService service() {
        return JwtTokenService.builder()
                .keys(KeySource.fixed(key))
                .revokedTokens(list())
                .build();
    }

    private String withoutId() {
        return TestToken.of("u").withClaim("n", UUID.randomUUID().toString()).signedWith(key);
    }

    private static String issue(JwtTokenService tokens) {
        return await(tokens.issue(Principal.of("u"))).accessToken();
    }
}
