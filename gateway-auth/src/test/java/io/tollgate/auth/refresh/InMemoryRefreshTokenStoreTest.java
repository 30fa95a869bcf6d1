package io.tollgate.auth.refresh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tollgate.auth.MutableClock;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class InMemoryRefreshTokenStoreTest extends RefreshTokenStoreContract {
    private final MutableClock clock = new MutableClock(Instant.parse("2026-11-22T12:00:00Z"));

    @Override
    protected RefreshTokenStore store() {
        return new InMemoryRefreshTokenStore();
    }

    @Test
    void dropsTheFamilyUnusedForLongestWhenFull() {
        InMemoryRefreshTokenStore store = new InMemoryRefreshTokenStore(2, clock);
        Token a = start(store, "a");
        Token b = start(store, "b");
        Token a2 = a.next();
        assertThat(use(store, a, a2)).isInstanceOf(Rotation.Rotated.class);

        Token c = start(store, "c");

        assertThat(store.size()).isEqualTo(2);
        assertThat(use(store, b, b.next())).isInstanceOf(Rotation.Refused.class);
        assertThat(use(store, a2, a2.next())).isInstanceOf(Rotation.Rotated.class);
        assertThat(use(store, c, c.next())).isInstanceOf(Rotation.Rotated.class);
    }

    @Test
    void dropsExpiredFamiliesWhenOthersStart() {
        InMemoryRefreshTokenStore store = new InMemoryRefreshTokenStore(100, clock);
        start(store, "a");
        start(store, "a");
        clock.advance(Duration.ofDays(8));

        start(store, "b");

        assertThat(store.size()).isEqualTo(1);
    }

    @Test
    void forgetsOnlyWhichTokensWereUsedLongAgo() {
        InMemoryRefreshTokenStore store = new InMemoryRefreshTokenStore(1, clock);
        Token first = start(store, "a");
        Token current = first;
        for (int i = 0; i < UsedHashes.MAX + 1; i++) {
            Token next = current.next();
            assertThat(use(store, current, next)).isInstanceOf(Rotation.Rotated.class);
            current = next;
        }

        assertThat(use(store, first, first.next())).isInstanceOf(Rotation.Refused.class);
        assertThat(use(store, current, current.next())).isInstanceOf(Rotation.Rotated.class);
    }

    @Test
    void refusesToBeBuiltForNoFamilies() {
        assertThatThrownBy(() -> new InMemoryRefreshTokenStore(0, Clock.systemUTC()))
                .hasMessage("maxFamilies: 0 (expected: at least 1)");
    }

    private Token start(RefreshTokenStore store, String user) {
        Token first = Token.first();
        store.create(
                        new RefreshFamily(
                                first.familyId(), user, "{}", clock.instant().plus(Duration.ofDays(30))),
                        new RefreshTokenRecord(first.hash(), clock.instant().plus(Duration.ofDays(7))))
                .toCompletableFuture()
                .join();
        return first;
    }

    private Rotation use(RefreshTokenStore store, Token token, Token successor) {
        return store.rotate(new RotationRequest(
                        token.familyId(),
                        token.hash(),
                        new RefreshTokenRecord(successor.hash(), clock.instant().plus(Duration.ofDays(7))),
                        Optional.empty(),
                        clock.instant(),
                        Duration.ZERO))
                .toCompletableFuture()
                .join();
    }
}
