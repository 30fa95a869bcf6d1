package io.tollgate.auth.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.CallContext;
import io.tollgate.api.Cancellation;
import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Everything that {@link RefreshTokenStore} promises. A store's test extends this and constructs the store; the contract
 * uses families and users of its own, so stores may share one database.
 */
public abstract class RefreshTokenStoreContract {
    private static final int THREADS = 64;

    private final Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    private final Token token = Token.first();
    private final CallContext context = CallContext.create();
    private final String user = "user-" + UUID.randomUUID();
    private RefreshTokenStore store;

    /** The store under test, for one test. */
    protected abstract RefreshTokenStore store() throws Exception;

    @BeforeEach
    void openStore() throws Exception {
        store = store();
    }

    @Test
    void rotatesTheFirstTokenAndGivesItsFamilyBackUnchanged() throws Exception {
        RefreshFamily family = new RefreshFamily(
                token.familyId(),
                user,
                "{\"name\":\"Zoë 😀 \\\"quoted\\\"\",\"fill\":\"" + "x".repeat(4000) + "\"}",
                day(30));
        await(store.create(family, record(token, day(7)), context));

        assertThat(use(token, token.next())).isEqualTo(new Rotation.Rotated(family));
    }

    @Test
    void rotatesEachSuccessorInTurn() throws Exception {
        create(token);

        Token current = token;
        for (int i = 0; i < 20; i++) {
            Token next = current.next();
            assertThat(use(current, next)).isInstanceOf(Rotation.Rotated.class);
            current = next;
        }
    }

    @Test
    void revokesTheFamilyOfATokenThatIsUsedAgain() throws Exception {
        RefreshFamily family = create(token);
        Token second = token.next();
        use(token, second);

        assertThat(use(token, token.next())).isEqualTo(new Rotation.Reused(family));
        assertThat(use(second, second.next())).isEqualTo(new Rotation.Rejected());
    }

    @Test
    void knowsAUsedTokenAfterHundredsOfOthers() throws Exception {
        RefreshFamily family = create(token);
        Token current = token;
        for (int i = 0; i < 300; i++) {
            Token next = current.next();
            use(current, next);
            current = next;
        }

        assertThat(use(token, token.next())).isEqualTo(new Rotation.Reused(family));
        assertThat(use(current, current.next())).isEqualTo(new Rotation.Rejected());
    }

    @Test
    void neverMakesARotationWhoseRequestWasCancelledBefore() throws Exception {
        create(token);
        Cancellation left = new Cancellation();
        left.cancel();

        assertEnded(store.rotate(request(token, token.next(), now, Duration.ZERO), context.withCancellation(left)));

        assertThat(use(token, token.next())).isInstanceOf(Rotation.Rotated.class);
    }

    @Test
    void neverMakesARotationWhoseDeadlineHasPassed() throws Exception {
        create(token);

        assertEnded(store.rotate(request(token, token.next(), now, Duration.ZERO), context.withTimeout(Duration.ZERO)));

        assertThat(use(token, token.next())).isInstanceOf(Rotation.Rotated.class);
    }

    @Test
    void createsNoFamilyForARequestThatHasEnded() throws Exception {
        RefreshFamily family = new RefreshFamily(token.familyId(), user, "{}", day(30));

        assertEnded(store.create(family, record(token, day(7)), context.withTimeout(Duration.ZERO)));

        assertThat(use(token, token.next())).isEqualTo(new Rotation.Rejected());
    }

    @Test
    void refusesAFamilyThatIsNotThere() throws Exception {
        assertThat(use(token, token.next())).isEqualTo(new Rotation.Rejected());
    }

    @Test
    void refusesATokenThatWasNeverOfItsFamilyAndLeavesTheFamilyAlone() throws Exception {
        create(token);
        Token madeUp = token.next();

        assertThat(use(madeUp, madeUp.next())).isEqualTo(new Rotation.Rejected());
        assertThat(use(token, token.next())).isInstanceOf(Rotation.Rotated.class);
    }

    @Test
    void refusesATokenOfAnotherFamily() throws Exception {
        Token other = Token.first();
        create(token);
        create(other);

        RotationRequest crossed = new RotationRequest(
                token.familyId(), other.hash(), record(token.next(), day(7)), Optional.empty(), now, Duration.ZERO);

        assertThat(await(store.rotate(crossed, context))).isEqualTo(new Rotation.Rejected());
        assertThat(use(token, token.next())).isInstanceOf(Rotation.Rotated.class);
        assertThat(use(other, other.next())).isInstanceOf(Rotation.Rotated.class);
    }

    @Test
    void acceptsATokenUntilJustBeforeItExpires() throws Exception {
        create(token);

        assertThat(use(token, token.next(), day(7).minusMillis(1), Duration.ZERO))
                .isInstanceOf(Rotation.Rotated.class);
    }

    @Test
    void refusesATokenThatWasNotUsedInTime() throws Exception {
        create(token);

        assertThat(use(token, token.next(), day(7), Duration.ZERO)).isEqualTo(new Rotation.Rejected());
    }

    @Test
    void refusesATokenOfAFamilyThatHasExpiredHoweverFreshTheToken() throws Exception {
        RefreshFamily family = new RefreshFamily(token.familyId(), user, "{}", day(30));
        await(store.create(family, record(token, day(60)), context));

        assertThat(use(token, token.next(), day(30), Duration.ZERO)).isEqualTo(new Rotation.Rejected());
    }

    @Test
    void repeatsTheSealedSuccessorWithinTheGraceWindow() throws Exception {
        RefreshFamily family = create(token);
        Token second = token.next();
        Duration grace = Duration.ofSeconds(10);
        use(token, second, now, grace);

        assertThat(use(token, token.next(), now.plusMillis(9_999), grace))
                .isEqualTo(new Rotation.Repeated(family, sealed(second)));
        assertThat(use(second, second.next(), now.plusSeconds(20), grace)).isInstanceOf(Rotation.Rotated.class);
    }

    @Test
    void revokesTheFamilyOfATokenUsedAgainAfterTheGraceWindow() throws Exception {
        RefreshFamily family = create(token);
        Token second = token.next();
        Duration grace = Duration.ofMillis(20);
        use(token, second, Instant.now(), grace);

        Instant end = Instant.now().plusSeconds(60);
        Rotation later;
        do {
            later = use(token, token.next(), Instant.now(), grace);
        } while (later instanceof Rotation.Repeated && Instant.now().isBefore(end));
        assertThat(later).isEqualTo(new Rotation.Reused(family));
        assertThat(use(second, second.next())).isEqualTo(new Rotation.Rejected());
    }

    @Test
    void revokesTheFamilyOfATokenUsedAgainAfterItsSuccessorWasUsed() throws Exception {
        RefreshFamily family = create(token);
        Token second = token.next();
        Token third = second.next();
        Duration grace = Duration.ofSeconds(10);
        use(token, second, now, grace);
        use(second, third, now, grace);

        assertThat(use(token, token.next(), now, grace)).isEqualTo(new Rotation.Reused(family));
        assertThat(use(third, third.next())).isEqualTo(new Rotation.Rejected());
    }

    @Test
    void revokesAFamilyByItsCurrentToken() throws Exception {
        create(token);

        await(store.revoke(token.familyId(), token.hash()));

        assertThat(use(token, token.next())).isEqualTo(new Rotation.Rejected());
    }

    @Test
    void revokesAFamilyByAUsedToken() throws Exception {
        create(token);
        Token second = token.next();
        use(token, second);

        await(store.revoke(token.familyId(), token.hash()));

        assertThat(use(second, second.next())).isEqualTo(new Rotation.Rejected());
    }

    @Test
    void revokesNothingByATokenThatWasNeverOfTheFamily() throws Exception {
        create(token);

        await(store.revoke(token.familyId(), token.next().hash()));
        await(store.revoke(Token.first().familyId(), token.hash()));

        assertThat(use(token, token.next())).isInstanceOf(Rotation.Rotated.class);
    }

    @Test
    void revokesAllFamiliesOfAUserAndNoOthers() throws Exception {
        Token sameUser = Token.first();
        Token rotated = Token.first();
        Token rotatedSecond = rotated.next();
        Token otherUser = Token.first();
        create(token);
        create(sameUser);
        create(rotated);
        use(rotated, rotatedSecond);
        await(store.create(
                new RefreshFamily(otherUser.familyId(), user + "-other", "{}", day(30)),
                record(otherUser, day(7)),
                context));

        await(store.revokeAll(user));

        assertThat(use(token, token.next())).isEqualTo(new Rotation.Rejected());
        assertThat(use(sameUser, sameUser.next())).isEqualTo(new Rotation.Rejected());
        assertThat(use(rotatedSecond, rotatedSecond.next())).isEqualTo(new Rotation.Rejected());
        assertThat(use(otherUser, otherUser.next())).isInstanceOf(Rotation.Rotated.class);
    }

    @Test
    void keepsFamiliesThatStartAfterAllWereRevoked() throws Exception {
        create(token);
        await(store.revokeAll(user));
        Token later = Token.first();
        create(later);

        assertThat(use(later, later.next())).isInstanceOf(Rotation.Rotated.class);
    }

    @Test
    void letsExactlyOneOf64ThreadsUseATokenAndRevokesTheFamilyForTheOthers() throws Exception {
        create(token);
        List<Token> successors = successors(token);

        List<Rotation> outcomes = atOnce(successors, successor -> use(token, successor));

        assertThat(outcomes).filteredOn(Rotation.Rotated.class::isInstance).hasSize(1);
        assertThat(outcomes).filteredOn(Rotation.Reused.class::isInstance).hasSizeGreaterThanOrEqualTo(1);
        assertThat(outcomes).noneMatch(Rotation.Repeated.class::isInstance);
        for (Token successor : successors) {
            assertThat(use(successor, successor.next())).isEqualTo(new Rotation.Rejected());
        }
    }

    @Test
    void givesAll64ThreadsTheSameSuccessorWithinTheGraceWindow() throws Exception {
        RefreshFamily family = create(token);
        List<Token> successors = successors(token);
        Duration grace = Duration.ofSeconds(10);

        List<Rotation> outcomes = atOnce(successors, successor -> use(token, successor, now, grace));

        int winner = outcomes.indexOf(new Rotation.Rotated(family));
        assertThat(outcomes).filteredOn(Rotation.Rotated.class::isInstance).hasSize(1);
        assertThat(outcomes)
                .filteredOn(new Rotation.Repeated(family, sealed(successors.get(winner)))::equals)
                .hasSize(THREADS - 1);
        Token current = successors.get(winner);
        assertThat(use(current, current.next())).isInstanceOf(Rotation.Rotated.class);
    }

    @Test
    void rotates64FamiliesAtOnce() throws Exception {
        List<Token> firsts = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            Token first = Token.first();
            create(first);
            firsts.add(first);
        }

        List<Rotation> outcomes = atOnce(firsts, first -> use(first, first.next()));

        assertThat(outcomes).allMatch(Rotation.Rotated.class::isInstance);
    }

    private static void assertEnded(CompletionStage<?> stage) {
        assertThat(stage.toCompletableFuture())
                .failsWithin(Duration.ofSeconds(60))
                .withThrowableOfType(ExecutionException.class)
                .havingCause()
                .isInstanceOfSatisfying(
                        GatewayException.class, e -> assertThat(e.code()).isEqualTo(CommonError.REQUEST_TIMEOUT));
    }

    private RefreshFamily create(Token first) throws Exception {
        RefreshFamily family = new RefreshFamily(first.familyId(), user, "{\"user\":\"" + user + "\"}", day(30));
        await(store.create(family, record(first, day(7)), context));
        return family;
    }

    private Rotation use(Token presented, Token successor) throws Exception {
        return use(presented, successor, now, Duration.ZERO);
    }

    private Rotation use(Token presented, Token successor, Instant at, Duration grace) throws Exception {
        return await(store.rotate(request(presented, successor, at, grace), context));
    }

    private static RotationRequest request(Token presented, Token successor, Instant at, Duration grace) {
        return new RotationRequest(
                presented.familyId(),
                presented.hash(),
                record(successor, at.plus(Duration.ofDays(7))),
                grace.isZero() ? Optional.empty() : Optional.of(sealed(successor)),
                at,
                grace);
    }

    /** Stands for what is sealed: for a store it is text. */
    private static String sealed(Token successor) {
        return "sealed_" + successor.hash();
    }

    private static RefreshTokenRecord record(Token token, Instant expiresAt) {
        return new RefreshTokenRecord(token.hash(), expiresAt);
    }

    private Instant day(int days) {
        return now.plus(Duration.ofDays(days));
    }

    private static List<Token> successors(Token token) {
        List<Token> successors = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            successors.add(token.next());
        }
        return successors;
    }

    /** One thread each, all let go at the same moment. */
    private static List<Rotation> atOnce(List<Token> tokens, Use use) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(tokens.size());
        try {
            CyclicBarrier start = new CyclicBarrier(tokens.size());
            List<Future<Rotation>> running = new ArrayList<>();
            for (Token one : tokens) {
                Callable<Rotation> task = () -> {
                    start.await(30, TimeUnit.SECONDS);
                    return use.of(one);
                };
                running.add(threads.submit(task));
            }
            List<Rotation> outcomes = new ArrayList<>();
            for (Future<Rotation> one : running) {
                outcomes.add(one.get(60, TimeUnit.SECONDS));
            }
            return outcomes;
        } finally {
            threads.shutdownNow();
        }
    }

    private static <T> T await(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    private interface Use {
        Rotation of(Token token) throws Exception;
    }

    /** What a store sees of a token: the random id of its family, and the hash of a random text. */
    protected record Token(String familyId, String hash) {
        private static final SecureRandom RANDOM = new SecureRandom();

        /** The first token of a new family. */
        public static Token first() {
            return new Token(random(16), random(32));
        }

        /** Another token of the same family. */
        public Token next() {
            return new Token(familyId, random(32));
        }

        private static String random(int bytes) {
            byte[] random = new byte[bytes];
            RANDOM.nextBytes(random);
            return Base64.getUrlEncoder().withoutPadding().encodeToString(random);
        }
    }
}
