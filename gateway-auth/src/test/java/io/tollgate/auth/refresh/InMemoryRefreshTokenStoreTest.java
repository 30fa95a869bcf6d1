package io.tollgate.auth.refresh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tollgate.api.CallContext;
import io.tollgate.auth.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class InMemoryRefreshTokenStoreTest extends RefreshTokenStoreContract {
    private final ManualTime time = new ManualTime(Instant.parse("2026-11-22T12:00:00Z"));

    @Override
    protected RefreshTokenStore store() {
        return InMemoryRefreshTokenStore.builder().build();
    }

    @Test
    void dropsTheFamilyUnusedForLongestWhenFull() {
        InMemoryRefreshTokenStore store =
                InMemoryRefreshTokenStore.builder().maxFamilies(2).time(time).build();
        Token a = start(store, "a");
        Token b = start(store, "b");
        Token a2 = a.next();
        assertThat(use(store, a, a2)).isInstanceOf(Rotation.Rotated.class);

        Token c = start(store, "c");

        assertThat(store.size()).isEqualTo(2);
        assertThat(use(store, b, b.next())).isInstanceOf(Rotation.Rejected.class);
        assertThat(use(store, a2, a2.next())).isInstanceOf(Rotation.Rotated.class);
        assertThat(use(store, c, c.next())).isInstanceOf(Rotation.Rotated.class);
    }

    @Test
    void dropsExpiredFamiliesWhenOthersStart() {
        InMemoryRefreshTokenStore store =
                InMemoryRefreshTokenStore.builder().maxFamilies(100).time(time).build();
        start(store, "a");
        start(store, "a");
        time.advance(Duration.ofDays(8));

        start(store, "b");

        assertThat(store.size()).isEqualTo(1);
    }

    @Test
    void forgetsOnlyWhichTokensWereUsedLongAgo() {
        InMemoryRefreshTokenStore store =
                InMemoryRefreshTokenStore.builder().maxFamilies(1).time(time).build();
        Token first = start(store, "a");
        Token current = first;
        for (int i = 0; i < UsedHashes.MAX + 1; i++) {
            Token next = current.next();
            assertThat(use(store, current, next)).isInstanceOf(Rotation.Rotated.class);
            current = next;
        }

        assertThat(use(store, first, first.next())).isInstanceOf(Rotation.Rejected.class);
        assertThat(use(store, current, current.next())).isInstanceOf(Rotation.Rotated.class);
    }

    @Test
    void endsTheOldestFamilyOfAUserWhoHasTooManyAndNoneOfOthers() {
        InMemoryRefreshTokenStore store =
                InMemoryRefreshTokenStore.builder().time(time).build();
        Token other = start(store, "b");
        Token oldest = start(store, "a");
        Token second = start(store, "a");
        for (int i = 2; i < InMemoryRefreshTokenStore.MAX_FAMILIES_PER_USER; i++) {
            start(store, "a");
        }
        assertThat(store.size()).isEqualTo(InMemoryRefreshTokenStore.MAX_FAMILIES_PER_USER + 1);

        start(store, "a");

        assertThat(store.size()).isEqualTo(InMemoryRefreshTokenStore.MAX_FAMILIES_PER_USER + 1);
        assertThat(use(store, oldest, oldest.next())).isInstanceOf(Rotation.Rejected.class);
        assertThat(use(store, second, second.next())).isInstanceOf(Rotation.Rotated.class);
        assertThat(use(store, other, other.next())).isInstanceOf(Rotation.Rotated.class);
    }

    @Test
    void dropsAFamilyAtItsEndAndNotBefore() {
        InMemoryRefreshTokenStore store =
                InMemoryRefreshTokenStore.builder().maxFamilies(100).time(time).build();
        start(store, "a");
        time.advance(Duration.ofDays(7).minusNanos(1));
        start(store, "b");
        assertThat(store.size()).isEqualTo(2);

        time.advance(Duration.ofNanos(1));
        start(store, "c");

        assertThat(store.size()).as("a has expired").isEqualTo(2);
    }

    @Test
    void keepsNothingOfAUserWhoseFamiliesAreGone() {
        InMemoryRefreshTokenStore store =
                InMemoryRefreshTokenStore.builder().maxFamilies(1).time(time).build();
        Token dropped = start(store, "a");
        Token kept = start(store, "b");
        store.revokeAll("a").toCompletableFuture().join();

        assertThat(use(store, dropped, dropped.next())).isInstanceOf(Rotation.Rejected.class);
        assertThat(use(store, kept, kept.next())).isInstanceOf(Rotation.Rotated.class);
        store.revokeAll("b").toCompletableFuture().join();
        assertThat(store.size()).isZero();
    }

    @Test
    void keepsNoSecondFamilyWithTheSameId() {
        InMemoryRefreshTokenStore store =
                InMemoryRefreshTokenStore.builder().time(time).build();
        Token first = start(store, "a");
        RefreshFamily same =
                new RefreshFamily(first.familyId(), "b", "{}", time.now().plus(Duration.ofDays(30)));

        assertThat(store.create(
                                same,
                                new RefreshTokenRecord(
                                        first.next().hash(), time.now().plus(Duration.ofDays(7))),
                                CallContext.create())
                        .toCompletableFuture())
                .isCompletedExceptionally();

        assertThat(use(store, first, first.next()))
                .isInstanceOfSatisfying(
                        Rotation.Rotated.class,
                        rotated -> assertThat(rotated.family().userId()).isEqualTo("a"));
    }

    @Test
    void refusesToBeBuiltForNoFamilies() {
        assertThatThrownBy(() -> InMemoryRefreshTokenStore.builder().maxFamilies(0))
                .hasMessage("maxFamilies: 0 (expected: at least 1)");
    }

    private Token start(RefreshTokenStore store, String user) {
        Token first = Token.first();
        store.create(
                        new RefreshFamily(
                                first.familyId(), user, "{}", time.now().plus(Duration.ofDays(30))),
                        new RefreshTokenRecord(first.hash(), time.now().plus(Duration.ofDays(7))),
                        CallContext.create())
                .toCompletableFuture()
                .join();
        return first;
    }

    private Rotation use(RefreshTokenStore store, Token token, Token successor) {
        return store.rotate(
                        new RotationRequest(
                                token.familyId(),
                                token.hash(),
                                new RefreshTokenRecord(
                                        successor.hash(), time.now().plus(Duration.ofDays(7))),
                                Optional.empty(),
                                time.now(),
                                Duration.ZERO),
                        CallContext.create())
                .toCompletableFuture()
                .join();
    }
}
