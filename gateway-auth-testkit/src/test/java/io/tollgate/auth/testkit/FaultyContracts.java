package io.tollgate.auth.testkit;

import io.tollgate.api.CallContext;
import io.tollgate.api.order.OrderGateway;
import io.tollgate.api.order.Purchase;
import io.tollgate.api.order.Ticket;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimiter;
import io.tollgate.api.token.TokenPair;
import io.tollgate.api.user.Credentials;
import io.tollgate.api.user.Registration;
import io.tollgate.api.user.Session;
import io.tollgate.api.user.User;
import io.tollgate.api.user.UserGateway;
import io.tollgate.auth.refresh.InMemoryRefreshTokenStore;
import io.tollgate.auth.refresh.RefreshFamily;
import io.tollgate.auth.refresh.RefreshTokenRecord;
import io.tollgate.auth.refresh.RefreshTokenStore;
import io.tollgate.auth.refresh.Rotation;
import io.tollgate.auth.refresh.RotationRequest;
import io.tollgate.testkit.OrderGatewayContract;
import io.tollgate.testkit.RateLimiterContract;
import io.tollgate.testkit.UserGatewayContract;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Each contract for an implementation that breaks it. */
final class FaultyContracts {
    private FaultyContracts() {}

    /** Allows everything, as a limiter does that nobody connected. */
    static class Limiter extends RateLimiterContract {
        @Override
        protected RateLimiter limiter() {
            return check -> CompletableFuture.completedStage(
                    RateLimitDecision.allowed(check, check.limit().capacity(), Instant.now()));
        }

        @Override
        protected void advance(Duration by) {}

        @Override
        protected boolean supportsRefunds() {
            return false;
        }
    }

    /** Accepts everybody. */
    static class Users extends UserGatewayContract implements UserGateway {
        @Override
        protected UserGateway gateway() {
            return this;
        }

        @Override
        public CompletionStage<Session> register(Registration registration, CallContext context) {
            return session(registration.email(), registration.username());
        }

        @Override
        public CompletionStage<Session> login(Credentials credentials, CallContext context) {
            return session(credentials.email(), "anybody");
        }

        @Override
        public CompletionStage<TokenPair> refresh(String refreshToken, CallContext context) {
            return CompletableFuture.completedStage(TokenPair.of("access", refreshToken));
        }

        private static CompletionStage<Session> session(String email, String username) {
            return CompletableFuture.completedStage(new Session(
                    new User("id", email, username, Optional.empty(), Optional.empty()),
                    Optional.of(TokenPair.of("access", "refresh"))));
        }
    }

    /** Sells what is not there. */
    static class Orders extends OrderGatewayContract {
        @Override
        protected OrderGateway gateway() {
            return (purchase, context) -> CompletableFuture.completedStage(new Purchase(
                    Purchase.Status.CONFIRMED,
                    new Ticket(
                            Optional.of("ticket"),
                            purchase.eventId(),
                            purchase.userId(),
                            "confirmed",
                            Optional.empty())));
        }

        @Override
        protected String newEvent(int tickets) {
            return "event-" + tickets;
        }
    }

    /** Rotates whatever it is given, so that a stolen token works for ever. */
    static class Store extends RefreshTokenStoreContract {
        @Override
        protected RefreshTokenStore store() {
            InMemoryRefreshTokenStore real = InMemoryRefreshTokenStore.builder().build();
            return new RefreshTokenStore() {
                @Override
                public CompletionStage<Void> create(
                        RefreshFamily family, RefreshTokenRecord first, CallContext context) {
                    return real.create(family, first, context);
                }

                @Override
                public CompletionStage<Rotation> rotate(RotationRequest request, CallContext context) {
                    return CompletableFuture.completedStage(new Rotation.Rotated(
                            new RefreshFamily(request.familyId(), "anybody", "{}", request.now())));
                }

                @Override
                public CompletionStage<Void> revoke(String familyId, String tokenHash) {
                    return real.revoke(familyId, tokenHash);
                }

                @Override
                public CompletionStage<Void> revokeAll(String userId) {
                    return real.revokeAll(userId);
                }
            };
        }
    }
}
