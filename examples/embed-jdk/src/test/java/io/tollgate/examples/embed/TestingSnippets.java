package io.tollgate.examples.embed;

import io.tollgate.api.CallContext;
import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.Principal;
import io.tollgate.api.TimeSource;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.http.RouteEndpoint;
import io.tollgate.api.order.OrderGateway;
import io.tollgate.api.order.Purchase;
import io.tollgate.api.order.TicketPurchase;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import io.tollgate.api.ratelimit.RateLimiter;
import io.tollgate.api.token.AccessToken;
import io.tollgate.api.token.TokenPair;
import io.tollgate.api.token.TokenService;
import io.tollgate.api.token.TokenVerifier;
import io.tollgate.api.user.Credentials;
import io.tollgate.api.user.Registration;
import io.tollgate.api.user.Session;
import io.tollgate.api.user.UserGateway;
import io.tollgate.auth.JwtVerifier;
import io.tollgate.auth.keys.KeySource;
import io.tollgate.auth.keys.RemoteKeys;
import io.tollgate.auth.keys.SignatureAlgorithm;
import io.tollgate.auth.keys.TokenKey;
import io.tollgate.auth.revocation.RevokedTokens;
import io.tollgate.auth.testkit.HostileTokens;
import io.tollgate.auth.testkit.JwksServer;
import io.tollgate.auth.testkit.RevokedTokensContract;
import io.tollgate.auth.testkit.TestKeys;
import io.tollgate.auth.testkit.TestToken;
import io.tollgate.auth.testkit.TokenServiceContract;
import io.tollgate.ratelimit.LocalRateLimiter;
import io.tollgate.testkit.FakeOrderGateway;
import io.tollgate.testkit.FakeUserGateway;
import io.tollgate.testkit.OrderGatewayContract;
import io.tollgate.testkit.RateLimiterContract;
import io.tollgate.testkit.ScriptedRateLimiter;
import io.tollgate.testkit.TestRateLimitContext;
import io.tollgate.testkit.TestRequest;
import io.tollgate.testkit.UserGatewayContract;
import io.tollgate.testkit.VirtualTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** The examples of the test kits' Javadoc. {@link JavadocTest} compares it with this file; {@link ShopLimitsTest} runs more. */
@SuppressWarnings("all")
abstract class TestingSnippets {
    // VirtualTime
    void virtualTime() {
        VirtualTime time = new VirtualTime();
        RateLimiter limiter = LocalRateLimiter.builder().time(time).build();
        takeAllTokens(limiter);
        time.advance(Duration.ofHours(1));
        takeAllTokens(limiter);
    }

    abstract void takeAllTokens(RateLimiter limiter);

    // TestRequest
    void request(RouteEndpoint purchases) {
        HttpResponse response = TestRequest.post("/tickets/jazz/purchase")
                .withRoute("/tickets/{event}/purchase")
                .withPrincipal(Principal.of("ann"))
                .withJson("{\"seats\": 2}")
                .sendToRoute(purchases);
    }

    // TestRateLimitContext
    void context(RateLimitPolicy policy) {
        List<RateLimitCheck> checks = policy.checks(TestRateLimitContext.of("POST", "/orders")
                .withPrincipal(Principal.of("ann"))
                .withHeader("X-Tenant", "acme"));
    }

    // ScriptedRateLimiter
    void script() {
        ScriptedRateLimiter limiter = new ScriptedRateLimiter()
                .allow()
                .reject(Duration.ofSeconds(30))
                .fail(GatewayException.of(CommonError.SERVICE_UNAVAILABLE, "The limiter is unavailable."));
    }

    // FakeUserGateway
    void users() {
        FakeUserGateway users = new FakeUserGateway().withAccount("ann@example.org", "ann", "correct horse");
        users.failNext(GatewayException.of(CommonError.SERVICE_UNAVAILABLE, "The user service is unavailable."));
    }

    // FakeOrderGateway
    void orders() {
        FakeOrderGateway orders = new FakeOrderGateway().withEvent("jazz-night", 2);
        orders.hangNext();
    }

    // RateLimiterContract
    class MapRateLimiterTest extends RateLimiterContract {
        private final VirtualTime time = new VirtualTime();
        private final RateLimiter limiter = new MapRateLimiter(time);

        protected RateLimiter limiter() {
            return limiter;
        }

        protected void advance(Duration by) {
            time.advance(by);
        }

        protected boolean supportsRefunds() {
            return false;
        }
    }

    record MapRateLimiter(TimeSource time) implements RateLimiter {
        public CompletionStage<RateLimitDecision> decide(RateLimitCheck check) {
            return LocalRateLimiter.builder().time(time).build().decide(check);
        }
    }

    // UserGatewayContract
    class LdapUserGatewayTest extends UserGatewayContract {
        private final LdapUserGateway users = new LdapUserGateway(directory());

        protected UserGateway gateway() {
            return users;
        }

        protected boolean supportsTokens() {
            return false;
        }
    }

    abstract UserGateway directory();

    record LdapUserGateway(UserGateway directory) implements UserGateway {
        public CompletionStage<Session> register(Registration registration, CallContext context) {
            return directory.register(registration, context);
        }

        public CompletionStage<Session> login(Credentials credentials, CallContext context) {
            return directory.login(credentials, context);
        }

        public CompletionStage<TokenPair> refresh(String refreshToken, CallContext context) {
            return directory.refresh(refreshToken, context);
        }
    }

    // OrderGatewayContract
    class BoxOfficeGatewayTest extends OrderGatewayContract {
        private final BoxOfficeGateway orders = new BoxOfficeGateway(database());

        protected OrderGateway gateway() {
            return orders;
        }

        protected String newEvent(int tickets) {
            return orders.addEvent(tickets);
        }
    }

    abstract FakeOrderGateway database();

    record BoxOfficeGateway(FakeOrderGateway database) implements OrderGateway {
        public CompletionStage<Purchase> purchase(TicketPurchase purchase, CallContext context) {
            return database.purchase(purchase, context);
        }

        String addEvent(int tickets) {
            return database.withEvent("event", tickets).toString();
        }
    }

    // TestKeys
    void keys() {
        TokenKey key = TestKeys.of(SignatureAlgorithm.ES256).withKid("2026-01");
        JwtVerifier verifier = JwtVerifier.builder().keys(KeySource.fixed(key)).build();
        String token = TestToken.of("ann").signedWith(key);
    }

    // TestToken
    void token(TokenKey key) {
        String token = TestToken.of("ann")
                .withIssuer("https://issuer.example")
                .withScopes("tickets:buy")
                .withClaim("plan", "gold")
                .signedWith(key);
    }

    // JwksServer
    void issuer(TokenKey key) {
        try (JwksServer issuer = JwksServer.publishing(key);
                RemoteKeys keys = RemoteKeys.builder().uri(issuer.uri()).build()) {
            JwtVerifier verifier = JwtVerifier.builder().keys(keys).build();
            assertAccepted(verifier, TestToken.of("ann").signedWith(key));
        }
    }

    // HostileTokens
    void hostile(TokenKey key, VirtualTime time, TokenVerifier verifier) {
        HostileTokens hostile = HostileTokens.of(key, time.now()).withIssuer("https://issuer.example");
        assertAccepted(verifier, hostile.good());
        hostile.all().forEach((name, token) -> assertRejected(verifier, token, name));
    }

    abstract void assertAccepted(TokenVerifier verifier, String token);

    abstract void assertRejected(TokenVerifier verifier, String token, String name);

    // TokenServiceContract
    class SessionTokensTest extends TokenServiceContract {
        private final VirtualTime time = new VirtualTime();
        private final TokenService tokens = new SessionTokens(time, Duration.ofMinutes(15));

        protected TokenService service() {
            return tokens;
        }

        protected void expireAccessTokens() {
            time.advance(Duration.ofMinutes(16));
        }
    }

    abstract static class Sessions implements TokenService {
        public CompletionStage<AccessToken> verify(String token) {
            throw new UnsupportedOperationException();
        }

        public CompletionStage<TokenPair> issue(Principal principal, CallContext context) {
            throw new UnsupportedOperationException();
        }

        public CompletionStage<TokenPair> refresh(String refreshToken, CallContext context) {
            throw new UnsupportedOperationException();
        }

        public CompletionStage<Void> revoke(String refreshToken) {
            throw new UnsupportedOperationException();
        }

        public CompletionStage<Void> revokeAll(String userId) {
            throw new UnsupportedOperationException();
        }
    }

    static class SessionTokens extends Sessions {
        SessionTokens(TimeSource time, Duration timeToLive) {}
    }

    // RevokedTokensContract
    RevokedTokens revoked;

    class JdbcRevokedTokensTest extends RevokedTokensContract {
        protected RevokedTokens list() {
            return revoked;
        }
    }
}
