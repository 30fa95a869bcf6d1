package io.tollgate.auth.testkit;

import static io.tollgate.auth.testkit.Stages.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.api.CallContext;
import io.tollgate.api.Cancellation;
import io.tollgate.api.CommonError;
import io.tollgate.auth.refresh.RefreshFamily;
import io.tollgate.auth.refresh.RefreshTokenRecord;
import io.tollgate.auth.refresh.RefreshTokenStore;
import io.tollgate.auth.refresh.Rotation;
import io.tollgate.auth.refresh.RotationRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The promises of a {@link RefreshTokenStore}. The test of a store extends this and returns the store:
 *
 * <pre>{@code
 * class JdbcRefreshTokenStoreTest extends RefreshTokenStoreContract {
 *     protected RefreshTokenStore store() {
 *         return new JdbcRefreshTokenStore(dataSource);
 *     }
 * }
 * }</pre>
 *
 * <p>Each test uses families and users of its own, so stores may share one database.
 */
public abstract class RefreshTokenStoreContract {
    private static final int THREADS = 64;

    private final Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    private final StoredToken token = StoredToken.first();
    private final CallContext context = CallContext.create();
    private final String user = "user-" + UUID.randomUUID();
    private RefreshTokenStore store;

    /** Creates the tests of a store. */
    protected RefreshTokenStoreContract() {}

    /** Returns the store under test, called before each test. */
    protected abstract RefreshTokenStore store() throws Exception;

    @BeforeEach
    void openStore() throws Exception {
        store = store();
    }

    @Test
    void rotatesTheFirstTokenAndGivesItsFamilyBackUnchanged() {
        RefreshFamily family = new RefreshFamily(
                token.familyId(),
                user,
                "{\"name\":\"Zoë 😀 \\\"quoted\\\"\",\"fill\":\"" + "x".repeat(4000) + "\"}",
                day(30));
        await(store.create(family, record(token, day(7)), context));

        assertEquals(new Rotation.Rotated(family), use(token, token.next()));
    }

    @Test
    void rotatesEachSuccessorInTurn() {
        create(token);

        StoredToken current = token;
        for (int i = 0; i < 20; i++) {
            StoredToken next = current.next();
            assertInstanceOf(Rotation.Rotated.class, use(current, next));
            current = next;
        }
    }

    @Test
    void revokesTheFamilyOfATokenThatIsUsedAgain() {
        RefreshFamily family = create(token);
        StoredToken second = token.next();
        use(token, second);

        assertEquals(new Rotation.Reused(family), use(token, token.next()));
        assertEquals(new Rotation.Rejected(), use(second, second.next()));
    }

    @Test
    void knowsAUsedTokenAfterHundredsOfOthers() {
        RefreshFamily family = create(token);
        StoredToken current = token;
        for (int i = 0; i < 300; i++) {
            StoredToken next = current.next();
            use(current, next);
            current = next;
        }

        assertEquals(new Rotation.Reused(family), use(token, token.next()));
        assertEquals(new Rotation.Rejected(), use(current, current.next()));
    }

    @Test
    void neverMakesARotationWhoseRequestWasCancelledBefore() {
        create(token);
        Cancellation left = new Cancellation();
        left.cancel();

        assertEnded(store.rotate(request(token, token.next(), now, Duration.ZERO), context.withCancellation(left)));

        assertInstanceOf(Rotation.Rotated.class, use(token, token.next()));
    }

    @Test
    void neverMakesARotationWhoseDeadlineHasPassed() {
        create(token);

        assertEnded(store.rotate(request(token, token.next(), now, Duration.ZERO), context.withTimeout(Duration.ZERO)));

        assertInstanceOf(Rotation.Rotated.class, use(token, token.next()));
    }

    @Test
    void createsNoFamilyForARequestThatHasEnded() {
        RefreshFamily family = new RefreshFamily(token.familyId(), user, "{}", day(30));

        assertEnded(store.create(family, record(token, day(7)), context.withTimeout(Duration.ZERO)));

        assertEquals(new Rotation.Rejected(), use(token, token.next()));
    }

    @Test
    void rejectsAFamilyThatIsNotThere() {
        assertEquals(new Rotation.Rejected(), use(token, token.next()));
    }

    @Test
    void rejectsATokenThatWasNeverOfItsFamilyAndLeavesTheFamilyAlone() {
        create(token);
        StoredToken madeUp = token.next();

        assertEquals(new Rotation.Rejected(), use(madeUp, madeUp.next()));
        assertInstanceOf(Rotation.Rotated.class, use(token, token.next()));
    }

    @Test
    void rejectsATokenOfAnotherFamily() {
        StoredToken other = StoredToken.first();
        create(token);
        create(other);

        RotationRequest crossed = new RotationRequest(
                token.familyId(), other.hash(), record(token.next(), day(7)), Optional.empty(), now, Duration.ZERO);

        assertEquals(new Rotation.Rejected(), await(store.rotate(crossed, context)));
        assertInstanceOf(Rotation.Rotated.class, use(token, token.next()));
        assertInstanceOf(Rotation.Rotated.class, use(other, other.next()));
    }

    @Test
    void acceptsATokenUntilJustBeforeItExpires() {
        create(token);

        assertInstanceOf(Rotation.Rotated.class, use(token, token.next(), day(7).minusMillis(1), Duration.ZERO));
    }

    @Test
    void rejectsATokenThatWasNotUsedInTime() {
        create(token);

        assertEquals(new Rotation.Rejected(), use(token, token.next(), day(7), Duration.ZERO));
    }

    @Test
    void rejectsATokenOfAFamilyThatHasExpiredHoweverFreshTheToken() {
        RefreshFamily family = new RefreshFamily(token.familyId(), user, "{}", day(30));
        await(store.create(family, record(token, day(60)), context));

        assertEquals(new Rotation.Rejected(), use(token, token.next(), day(30), Duration.ZERO));
    }

    @Test
    void repeatsTheSealedSuccessorWithinTheGraceWindow() {
        RefreshFamily family = create(token);
        StoredToken second = token.next();
        Duration grace = Duration.ofSeconds(10);
        use(token, second, now, grace);

        assertEquals(
                new Rotation.Repeated(family, sealed(second)), use(token, token.next(), now.plusMillis(9_999), grace));
        assertInstanceOf(Rotation.Rotated.class, use(second, second.next(), now.plusSeconds(20), grace));
    }

    @Test
    void revokesTheFamilyOfATokenUsedAgainAfterTheGraceWindow() {
        RefreshFamily family = create(token);
        StoredToken second = token.next();
        Duration grace = Duration.ofSeconds(10);
        use(token, second, now, grace);

        assertEquals(new Rotation.Reused(family), use(token, token.next(), now.plusSeconds(10), grace));
        assertEquals(new Rotation.Rejected(), use(second, second.next()));
    }

    @Test
    void revokesTheFamilyOfATokenUsedAgainAfterItsSuccessorWasUsed() {
        RefreshFamily family = create(token);
        StoredToken second = token.next();
        StoredToken third = second.next();
        Duration grace = Duration.ofSeconds(10);
        use(token, second, now, grace);
        use(second, third, now, grace);

        assertEquals(new Rotation.Reused(family), use(token, token.next(), now, grace));
        assertEquals(new Rotation.Rejected(), use(third, third.next()));
    }

    @Test
    void revokesAFamilyByItsCurrentToken() {
        create(token);

        await(store.revoke(token.familyId(), token.hash()));

        assertEquals(new Rotation.Rejected(), use(token, token.next()));
    }

    @Test
    void revokesAFamilyByAUsedToken() {
        create(token);
        StoredToken second = token.next();
        use(token, second);

        await(store.revoke(token.familyId(), token.hash()));

        assertEquals(new Rotation.Rejected(), use(second, second.next()));
    }

    @Test
    void revokesNothingByATokenThatWasNeverOfTheFamily() {
        create(token);

        await(store.revoke(token.familyId(), token.next().hash()));
        await(store.revoke(StoredToken.first().familyId(), token.hash()));

        assertInstanceOf(Rotation.Rotated.class, use(token, token.next()));
    }

    @Test
    void revokesAllFamiliesOfAUserAndNoOthers() {
        StoredToken sameUser = StoredToken.first();
        StoredToken rotated = StoredToken.first();
        StoredToken rotatedSecond = rotated.next();
        StoredToken otherUser = StoredToken.first();
        create(token);
        create(sameUser);
        create(rotated);
        use(rotated, rotatedSecond);
        await(store.create(
                new RefreshFamily(otherUser.familyId(), user + "-other", "{}", day(30)),
                record(otherUser, day(7)),
                context));

        await(store.revokeAll(user));

        assertEquals(new Rotation.Rejected(), use(token, token.next()));
        assertEquals(new Rotation.Rejected(), use(sameUser, sameUser.next()));
        assertEquals(new Rotation.Rejected(), use(rotatedSecond, rotatedSecond.next()));
        assertInstanceOf(Rotation.Rotated.class, use(otherUser, otherUser.next()));
    }

    @Test
    void keepsFamiliesThatStartAfterAllWereRevoked() {
        create(token);
        await(store.revokeAll(user));
        StoredToken later = StoredToken.first();
        create(later);

        assertInstanceOf(Rotation.Rotated.class, use(later, later.next()));
    }

    @Test
    void letsExactlyOneOf64ThreadsUseATokenAndRevokesTheFamilyForTheOthers() throws Exception {
        create(token);
        List<StoredToken> successors = successors(token);

        List<Rotation> outcomes = Stages.atOnce(successors, successor -> use(token, successor));

        assertEquals(1, count(outcomes, Rotation.Rotated.class));
        assertTrue(count(outcomes, Rotation.Reused.class) >= 1, outcomes::toString);
        assertEquals(0, count(outcomes, Rotation.Repeated.class));
        for (StoredToken successor : successors) {
            assertEquals(new Rotation.Rejected(), use(successor, successor.next()));
        }
    }

    @Test
    void givesAll64ThreadsTheSameSuccessorWithinTheGraceWindow() throws Exception {
        RefreshFamily family = create(token);
        List<StoredToken> successors = successors(token);
        Duration grace = Duration.ofSeconds(10);

        List<Rotation> outcomes = Stages.atOnce(successors, successor -> use(token, successor, now, grace));

        int winner = outcomes.indexOf(new Rotation.Rotated(family));
        assertTrue(winner >= 0, outcomes::toString);
        assertEquals(1, count(outcomes, Rotation.Rotated.class));
        assertEquals(
                THREADS - 1,
                Collections.frequency(outcomes, new Rotation.Repeated(family, sealed(successors.get(winner)))));
        StoredToken current = successors.get(winner);
        assertInstanceOf(Rotation.Rotated.class, use(current, current.next()));
    }

    @Test
    void rotates64FamiliesAtOnce() throws Exception {
        List<StoredToken> firsts = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            StoredToken first = StoredToken.first();
            create(first);
            firsts.add(first);
        }

        List<Rotation> outcomes = Stages.atOnce(firsts, first -> use(first, first.next()));

        assertEquals(THREADS, count(outcomes, Rotation.Rotated.class));
    }

    private static long count(List<Rotation> outcomes, Class<? extends Rotation> kind) {
        return outcomes.stream().filter(kind::isInstance).count();
    }

    private static void assertEnded(CompletionStage<?> stage) {
        Stages.assertFails(CommonError.REQUEST_TIMEOUT, stage);
    }

    private RefreshFamily create(StoredToken first) {
        RefreshFamily family = new RefreshFamily(first.familyId(), user, "{\"user\":\"" + user + "\"}", day(30));
        await(store.create(family, record(first, day(7)), context));
        return family;
    }

    private Rotation use(StoredToken presented, StoredToken successor) {
        return use(presented, successor, now, Duration.ZERO);
    }

    private Rotation use(StoredToken presented, StoredToken successor, Instant at, Duration grace) {
        return await(store.rotate(request(presented, successor, at, grace), context));
    }

    private static RotationRequest request(StoredToken presented, StoredToken successor, Instant at, Duration grace) {
        return new RotationRequest(
                presented.familyId(),
                presented.hash(),
                record(successor, at.plus(Duration.ofDays(7))),
                grace.isZero() ? Optional.empty() : Optional.of(sealed(successor)),
                at,
                grace);
    }

    /** Returns what stands for a sealed successor: for a store it is text. */
    private static String sealed(StoredToken successor) {
        return "sealed_" + successor.hash();
    }

    private static RefreshTokenRecord record(StoredToken token, Instant expiresAt) {
        return new RefreshTokenRecord(token.hash(), expiresAt);
    }

    private Instant day(int days) {
        return now.plus(Duration.ofDays(days));
    }

    private static List<StoredToken> successors(StoredToken token) {
        List<StoredToken> successors = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            successors.add(token.next());
        }
        return successors;
    }
}
