package io.tollgate.auth;

import io.tollgate.api.CallContext;
import io.tollgate.api.Principal;
import io.tollgate.api.TimeSource;
import io.tollgate.auth.refresh.RefreshFamily;
import io.tollgate.auth.refresh.RefreshTokenRecord;
import io.tollgate.auth.refresh.RefreshTokenStore;
import io.tollgate.auth.refresh.Rotation;
import io.tollgate.auth.refresh.RotationRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts, rotates and revokes families of refresh tokens. */
final class RefreshTokens {
    private static final Logger LOG = LoggerFactory.getLogger(RefreshTokens.class);

    private final RefreshTokenStore store;
    private final TimeSource time;
    private final Duration timeToLive;
    private final Duration idleTimeToLive;
    private final Duration grace;
    private final LongAdder rotations = new LongAdder();
    private final LongAdder reuses = new LongAdder();

    RefreshTokens(
            RefreshTokenStore store, TimeSource time, Duration timeToLive, Duration idleTimeToLive, Duration grace) {
        this.store = store;
        this.time = time;
        this.timeToLive = timeToLive;
        this.idleTimeToLive = idleTimeToLive;
        this.grace = grace;
    }

    /** Starts a family, and returns its first token. */
    CompletionStage<String> start(Principal principal, CallContext context) {
        Instant now = time.now();
        RefreshToken token = RefreshToken.first();
        RefreshFamily family = new RefreshFamily(
                token.familyId(), principal.userId(), PrincipalJson.write(principal), now.plus(timeToLive));
        return store.create(family, recordOf(token, now), context).thenApply(done -> token.text());
    }

    /**
     * Uses a token up, and returns its successor. Fails with {@code UNAUTHENTICATED} if the token is not valid, and with
     * {@code REQUEST_TIMEOUT} if the context ends before the store begins.
     */
    CompletionStage<Next> rotate(String text, CallContext context) {
        Optional<RefreshToken> parsed = RefreshToken.parse(text);
        if (parsed.isEmpty()) {
            return CompletableFuture.failedStage(Rejection.refresh());
        }
        RefreshToken presented = parsed.get();
        RefreshToken successor = presented.next();
        Instant now = time.now();
        RotationRequest request = new RotationRequest(
                presented.familyId(),
                presented.hash(),
                recordOf(successor, now),
                grace.isZero() ? Optional.empty() : Optional.of(SealedSuccessor.seal(presented, successor)),
                now,
                grace);
        return store.rotate(request, context).thenApply(rotation -> result(rotation, presented, successor));
    }

    private Next result(Rotation rotation, RefreshToken presented, RefreshToken successor) {
        if (rotation instanceof Rotation.Rotated rotated) {
            rotations.increment();
            return new Next(PrincipalJson.read(rotated.family().principal()), successor.text());
        }
        if (rotation instanceof Rotation.Repeated repeated) {
            RefreshToken same =
                    SealedSuccessor.open(presented, repeated.sealedSuccessor()).orElseThrow(Rejection::refresh);
            return new Next(PrincipalJson.read(repeated.family().principal()), same.text());
        }
        if (rotation instanceof Rotation.Reused reused) {
            reuses.increment();
            LOG.atWarn()
                    .addKeyValue("event", "refresh_token_reused")
                    .addKeyValue("user_id", reused.family().userId())
                    .log("used refresh token presented again, family revoked");
        }
        throw Rejection.refresh();
    }

    RefreshStats stats() {
        return new RefreshStats(rotations.sum(), reuses.sum());
    }

    CompletionStage<Void> revoke(String text) {
        return RefreshToken.parse(text)
                .map(token -> store.revoke(token.familyId(), token.hash()))
                .orElseGet(() -> CompletableFuture.completedStage(null));
    }

    CompletionStage<Void> revokeAll(String userId) {
        return store.revokeAll(userId);
    }

    private RefreshTokenRecord recordOf(RefreshToken token, Instant now) {
        return new RefreshTokenRecord(token.hash(), now.plus(idleTimeToLive));
    }

    /** The result of a use: the principal to issue an access token for, and the successor. */
    record Next(Principal principal, String token) {
        @Override
        public String toString() {
            return "Next[" + principal + "]";
        }
    }
}
