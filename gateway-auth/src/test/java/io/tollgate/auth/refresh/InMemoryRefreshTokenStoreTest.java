package io.tollgate.auth.refresh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tollgate.api.CallContext;
import io.tollgate.auth.testkit.RefreshTokenStoreContract;
import io.tollgate.auth.testkit.StoredToken;
import io.tollgate.testkit.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class InMemoryRefreshTokenStoreTest extends RefreshTokenStoreContract {
    private final VirtualTime time = new VirtualTime(Instant.parse("2026-11-22T12:00:00Z"));

    @Override
    protected RefreshTokenStore store() {
        return InMemoryRefreshTokenStore.builder().build();
    }

    @Test
    void dropsTheFamilyUnusedForLongestWhenFull() {
        InMemoryRefreshTokenStore store =
                InMemoryRefreshTokenStore.builder().maxFamilies(2).time(time).build();
        StoredToken a = start(store, "a");
        StoredToken b = start(store, "b");
        StoredToken a2 = a.next();
        assertThat(use(store, a, a2)).isInstanceOf(Rotation.Rotated.class);

        StoredToken c = start(store, "c");

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
        StoredToken first = start(store, "a");
        StoredToken current = first;
        for (int i = 0; i < UsedHashes.MAX + 1; i++) {
            StoredToken next = current.next();
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
        StoredToken other = start(store, "b");
        StoredToken oldest = start(store, "a");
        StoredToken second = start(store, "a");
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
    void holdsNothingOfAUserWhoseFamiliesAreGone() throws Exception {
        InMemoryRefreshTokenStore store =
                InMemoryRefreshTokenStore.builder().maxFamilies(2).time(time).build();
        StoredToken one = start(store, "a");
        StoredToken two = start(store, "a");
        store.revoke(one.familyId(), one.hash());
        assertThat(store.users()).as("another family is left").isEqualTo(1);
        store.revoke(two.familyId(), two.hash());
        assertThat(store.users()).as("revoked").isZero();

        start(store, "b");
        time.advance(Duration.ofDays(31));
        start(store, "c");
        assertThat(store.users()).as("expired").isEqualTo(1);

        start(store, "d");
        start(store, "e");
        assertThat(store.users()).as("evicted").isEqualTo(2);
        store.revokeAll("e");
        assertThat(store.users()).as("all revoked").isEqualTo(1);
    }

    @Test
    void revokesWhatIsLeftOfAUserOneOfWhoseFamiliesIsGone() {
        InMemoryRefreshTokenStore store =
                InMemoryRefreshTokenStore.builder().time(time).build();
        StoredToken one = start(store, "a");
        StoredToken two = start(store, "a");
        store.revoke(one.familyId(), one.hash());

        store.revokeAll("a");

        assertThat(store.size()).isZero();
        assertThat(use(store, two, two.next())).isInstanceOf(Rotation.Rejected.class);
    }

    @Test
    void revokesNothingOfAUserWhoIsUnknown() {
        InMemoryRefreshTokenStore store =
                InMemoryRefreshTokenStore.builder().time(time).build();
        start(store, "a");

        assertThat(store.revokeAll("b").toCompletableFuture()).isCompletedWithValue(null);
        assertThat(store.size()).isEqualTo(1);
    }

    @Test
    void dropsAFamilyWhoseWholeTimeIsOverHoweverFreshItsToken() {
        InMemoryRefreshTokenStore store =
                InMemoryRefreshTokenStore.builder().time(time).build();
        StoredToken first = start(store, "a");
        for (int day = 5; day < 30; day += 5) {
            time.advance(Duration.ofDays(5));
            StoredToken next = first.next();
            assertThat(use(store, first, next)).isInstanceOf(Rotation.Rotated.class);
            first = next;
        }
        time.advance(Duration.ofDays(5).minusNanos(1));
        start(store, "b");
        assertThat(store.size()).isEqualTo(2);
        time.advance(Duration.ofNanos(1));

        start(store, "c");

        assertThat(store.size()).isEqualTo(2);
    }

    @Test
    void refusesASecondFamilyOfTheSameId() {
        InMemoryRefreshTokenStore store =
                InMemoryRefreshTokenStore.builder().time(time).build();
        StoredToken first = start(store, "a");

        assertThatThrownBy(() -> start(store, "b", first))
                .hasRootCauseMessage("id: a family with this id exists (expected: a new id)");
        assertThat(store.users()).isEqualTo(1);
        assertThat(use(store, first, first.next())).isInstanceOf(Rotation.Rotated.class);
    }

    @Test
    void takesHashesOfTheirOneLengthAndTellsNoPrincipal() {
        assertThatThrownBy(() -> new RefreshTokenRecord("x".repeat(42), time.now()))
                .hasMessage("hash: 42 characters (expected: 43)");
        assertThat(new RefreshFamily("id", "ann", "{\"private\":1}", Instant.EPOCH))
                .hasToString("RefreshFamily[id=id, userId=ann, expiresAt=1970-01-01T00:00:00Z]");
    }

    @Test
    void refusesToBeBuiltForNoFamilies() {
        assertThatThrownBy(() -> InMemoryRefreshTokenStore.builder().maxFamilies(0))
                .hasMessage("maxFamilies: 0 (expected: at least 1)");
    }

    private StoredToken start(RefreshTokenStore store, String user) {
        return start(store, user, StoredToken.first());
    }

    private StoredToken start(RefreshTokenStore store, String user, StoredToken first) {
        store.create(
                        new RefreshFamily(
                                first.familyId(), user, "{}", time.now().plus(Duration.ofDays(30))),
                        new RefreshTokenRecord(first.hash(), time.now().plus(Duration.ofDays(7))),
                        CallContext.create())
                .toCompletableFuture()
                .join();
        return first;
    }

    private Rotation use(RefreshTokenStore store, StoredToken token, StoredToken successor) {
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
