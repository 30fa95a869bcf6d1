package io.tollgate.auth.testkit;

import io.tollgate.api.order.OrderGateway;
import io.tollgate.api.ratelimit.RateLimiter;
import io.tollgate.api.token.TokenService;
import io.tollgate.api.user.UserGateway;
import io.tollgate.auth.JwtTokenService;
import io.tollgate.auth.refresh.InMemoryRefreshTokenStore;
import io.tollgate.auth.refresh.RefreshTokenStore;
import io.tollgate.auth.revocation.InMemoryRevokedTokens;
import io.tollgate.auth.revocation.RevokedTokens;
import io.tollgate.ratelimit.LocalRateLimiter;
import io.tollgate.testkit.FakeOrderGateway;
import io.tollgate.testkit.FakeUserGateway;
import io.tollgate.testkit.OrderGatewayContract;
import io.tollgate.testkit.RateLimiterContract;
import io.tollgate.testkit.UserGatewayContract;
import io.tollgate.testkit.VirtualTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Each contract of both test kits, for an implementation that keeps it. */
final class Contracts {
    static final List<Class<?>> ALL = List.of(
            Limiter.class,
            Users.class,
            Orders.class,
            Tokens.class,
            AccessTokensAlone.class,
            Store.class,
            Revoked.class);

    private Contracts() {}

    static class Limiter extends RateLimiterContract {
        private final VirtualTime time = new VirtualTime();
        private final LocalRateLimiter limiter =
                LocalRateLimiter.builder().time(time).build();

        @Override
        protected RateLimiter limiter() {
            return limiter;
        }

        @Override
        protected void advance(Duration by) {
            time.advance(by);
        }
    }

    static class Users extends UserGatewayContract {
        private final FakeUserGateway users = new FakeUserGateway();

        @Override
        protected UserGateway gateway() {
            return users;
        }
    }

    static class Orders extends OrderGatewayContract {
        private final FakeOrderGateway orders = new FakeOrderGateway();
        private final AtomicInteger events = new AtomicInteger();

        @Override
        protected OrderGateway gateway() {
            return orders;
        }

        @Override
        protected String newEvent(int tickets) {
            String event = "event-" + events.incrementAndGet();
            orders.withEvent(event, tickets);
            return event;
        }
    }

    static class Tokens extends TokenServiceContract {
        private final VirtualTime time = new VirtualTime();
        private final JwtTokenService tokens = JwtTokenService.builder()
                .secret("a-secret-of-these-tests-that-is-long-enough")
                .time(time)
                .build();

        @Override
        protected TokenService service() {
            return tokens;
        }

        @Override
        protected void expireAccessTokens() {
            time.advance(Duration.ofMinutes(16));
        }
    }

    /** A service whose refresh tokens cannot be revoked, of which the contract asks less. */
    static class AccessTokensAlone extends Tokens {
        @Override
        protected boolean supportsRevocation() {
            return false;
        }
    }

    static class Store extends RefreshTokenStoreContract {
        @Override
        protected RefreshTokenStore store() {
            return InMemoryRefreshTokenStore.builder().build();
        }
    }

    static class Revoked extends RevokedTokensContract {
        private final RevokedTokens list = InMemoryRevokedTokens.builder().build();

        @Override
        protected RevokedTokens list() {
            return list;
        }
    }
}
