package io.tollgate.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tollgate.api.CommonError;
import io.tollgate.api.ErrorCode;
import io.tollgate.api.order.OrderError;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitContext.Phase;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.ratelimit.TestEngine.Exchange;
import io.tollgate.testkit.TestRateLimitContext;
import io.tollgate.testkit.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class LoginProtectionTest {
    private static final String LOGIN = "/login";
    private static final @Nullable ErrorCode SUCCESS = null;
    private static final ErrorCode WRONG = CommonError.UNAUTHENTICATED;

    private final VirtualTime clock = new VirtualTime();
    private final LocalRateLimiter limiter =
            LocalRateLimiter.builder().time(clock).build();
    private TestEngine engine = engine(20, 10);

    @Test
    void rejectsLoginsOfAnAddressThatFailedTooOften() {
        engine = engine(3, 10);
        for (String account : List.of("one", "two", "three")) {
            assertThat(login("198.51.100.1", account, WRONG).admitted()).isTrue();
        }

        Exchange rejected = login("198.51.100.1", "ann", SUCCESS);

        assertThat(rejected.rejectedBy()).contains("failed-logins");
        assertThat(rejected.decisions().get(0).retryAfter()).isBetween(Duration.ofSeconds(299), Duration.ofMinutes(5));
        assertThat(login("198.51.100.2", "ann", SUCCESS).admitted()).isTrue();
        clock.advance(Duration.ofSeconds(301));
        assertThat(login("198.51.100.1", "ann", SUCCESS).admitted()).isTrue();
    }

    @Test
    void chargesNothingForLoginsThatSucceed() {
        engine = engine(1, 1);
        for (int i = 0; i < 50; i++) {
            assertThat(login("198.51.100.1", "ann", SUCCESS).admitted()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = CommonError.class,
            names = {"SERVICE_UNAVAILABLE", "REQUEST_TIMEOUT", "INVALID_REQUEST", "RATE_LIMIT_EXCEEDED", "CIRCUIT_OPEN"
            })
    void locksNobodyOutWhileLoginsFailForAnotherReason(CommonError error) {
        engine = engine(2, 1);
        for (int i = 0; i < 50; i++) {
            assertThat(login("198.51.100.1", "ann", error).admitted()).isTrue();
        }
        assertThat(login("198.51.100.1", "ann", SUCCESS).admitted()).isTrue();
    }

    @Test
    void slowsDownAnAddressThatFailedForAnAccountThatIsAttacked() {
        attack(10);

        Exchange again = login("203.0.113.1", "ann", WRONG);

        assertThat(again.rejectedBy()).contains("failed-account");
        assertThat(again.decisions().get(1).retryAfter()).isEqualTo(Duration.ofMinutes(5));
        assertThat(login("203.0.113.1", " ANN ", SUCCESS).admitted())
                .as("the same account, written in another way")
                .isFalse();
        assertThat(login("203.0.113.1", "bob", SUCCESS).admitted())
                .as("another account")
                .isTrue();
        clock.advance(Duration.ofMinutes(5));
        assertThat(login("203.0.113.1", "ann", SUCCESS).admitted())
                .as("after the delay")
                .isTrue();
    }

    @Test
    void doesNotDelayAnybodyBeforeAnAccountIsAttacked() {
        for (int i = 0; i < 9; i++) {
            assertThat(login("198.51.100.1", "ann", WRONG).admitted()).isTrue();
        }
        assertThat(login("198.51.100.1", "ann", SUCCESS).admitted()).isTrue();
    }

    @Test
    void neverLocksTheOwnerOut() {
        attack(200);

        assertThat(login("192.0.2.1", "ann", SUCCESS).admitted())
                .as("from where the owner never was")
                .isTrue();
    }

    @Test
    void neverLocksTheOwnerOutWhileStrangersHoldTheirLogins() {
        List<Exchange> held = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            held.add(begin("203.0.113." + i, "ann"));
        }

        assertThat(login("192.0.2.1", "ann", SUCCESS).admitted()).isTrue();
        held.forEach(exchange -> exchange.end(WRONG));
        assertThat(login("192.0.2.2", "ann", SUCCESS).admitted()).isTrue();
    }

    @Test
    void bearsWithTheMistakesOfAnOwnerAtAKnownAddress() {
        login("192.0.2.1", "ann", SUCCESS);
        attack(20);

        assertThat(login("192.0.2.1", "ann", WRONG).admitted()).isTrue();
        assertThat(login("192.0.2.1", "ann", WRONG).admitted()).isTrue();
        assertThat(login("192.0.2.1", "ann", SUCCESS).admitted()).isTrue();
    }

    @Test
    void forgetsAKnownAddressAfterThirtyDays() {
        login("192.0.2.1", "ann", SUCCESS);
        clock.advance(Duration.ofDays(30));
        attack(20);

        assertThat(login("192.0.2.1", "ann", WRONG).admitted()).isTrue();
        assertThat(login("192.0.2.1", "ann", SUCCESS).admitted()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 100})
    void letsAsManyGuessesThroughAtOnceAsOneByOne(int accounts) {
        assertThat(reached(100, accounts, true)).isEqualTo(reached(100, accounts, false));
    }

    /** How many of {@code guesses} of one address reach the service. */
    private int reached(int guesses, int accounts, boolean atOnce) {
        TestEngine fresh = new TestEngine(LocalRateLimiter.builder().time(clock).build(), policy(20, 10));
        List<Exchange> open = new ArrayList<>();
        int reached = 0;
        for (int i = 0; i < guesses; i++) {
            Exchange guess = fresh.begin(request("198.51.100.1", "user" + i % accounts));
            reached += guess.admitted() ? 1 : 0;
            if (guess.admitted() && atOnce) {
                open.add(guess);
            } else if (guess.admitted()) {
                guess.end(WRONG);
            }
        }
        open.forEach(guess -> guess.end(WRONG));
        return reached;
    }

    @Test
    void letsThreadsGuessNoMoreThanOneAfterTheOther() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<Exchange>> guesses = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                guesses.add(threads.submit(() -> begin("198.51.100.1", "ann")));
            }
            int reached = 0;
            for (Future<Exchange> guess : guesses) {
                reached += guess.get().admitted() ? 1 : 0;
            }
            // One more may take the token of the account at that address before those that do not need it.
            assertThat(reached).isBetween(10, 11);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void rejectsMoreLoginsAtOnceThanTheAddressHasTokens() {
        engine = engine(3, 10);
        List<Exchange> open = List.of(begin("192.0.2.1", "ann"), begin("192.0.2.1", "bob"), begin("192.0.2.1", "eve"));

        assertThat(begin("192.0.2.1", "joe").rejectedBy()).contains("failed-logins");
        open.forEach(login -> login.end(SUCCESS));
        assertThat(login("192.0.2.1", "joe", SUCCESS).admitted()).isTrue();
    }

    @Test
    void chargesALoginWhoseClientLeft() {
        engine = engine(3, 10);
        for (int i = 0; i < 3; i++) {
            assertThat(begin("198.51.100.1", "user" + i).admitted()).isTrue();
        }
        assertThat(login("198.51.100.1", "ann", SUCCESS).rejectedBy()).contains("failed-logins");
    }

    @Test
    void dropsLoginsThatNeverEndedFromItsCountOfAttempts() {
        for (int i = 0; i < 20; i++) {
            begin("203.0.113." + i, "ann");
        }
        clock.advance(Duration.ofMinutes(3));

        Exchange mistyped = login("192.0.2.1", "ann", WRONG);
        assertThat(mistyped.decisions().get(1).check().shadow())
                .as("not attacked")
                .isTrue();
    }

    @Test
    void takesAnAccountForAttackedAfterItsShareOfTheFailures() {
        LoginProtection oneOfFive = LoginProtection.builder()
                .routes(LOGIN)
                .accountFailures(10)
                .replicas(5)
                .time(clock)
                .build();
        engine = new TestEngine(limiter, oneOfFive);
        login("203.0.113.1", "ann", WRONG);
        login("203.0.113.2", "ann", WRONG);

        assertThat(login("203.0.113.1", "ann", WRONG).rejectedBy()).contains("failed-account");
    }

    @Test
    void reservesByAddressAndByADigestOfTheAccount() {
        Exchange login = begin("2001:db8:1:2::3", "ann@example.org");

        RateLimitCheck address = login.decisions().get(0).check();
        assertThat(address.policy()).isEqualTo("failed-logins");
        assertThat(address.key()).isEqualTo("ip:2001:db8:1:2::/64");
        assertThat(address.shadow()).isFalse();
        RateLimitCheck account = login.decisions().get(1).check();
        assertThat(account.policy()).isEqualTo("failed-account");
        assertThat(account.key()).isEqualTo("account:Q4xMev5gDN8eRVw2m-x23A|ip:2001:db8:1:2::/64");
        assertThat(login.decisions())
                .extracting(RateLimitDecision::check)
                .allMatch(check -> check.cost() == 1 && check.chargedOn().equals(Set.of(WRONG)));
        assertThat(login.decisions()).noneMatch(RateLimitDecision::isReported);
    }

    @Test
    void appliesToItsRoutesAlone() {
        LoginProtection policy = policy(20, 10);
        for (Phase phase : Phase.values()) {
            assertThat(policy.checks(TestRateLimitContext.withoutRoute("GET")
                            .withAttribute("account", "ann")
                            .in(phase)))
                    .isEmpty();
            assertThat(policy.checks(TestRateLimitContext.of("POST", "/other").in(phase)))
                    .isEmpty();
        }
        assertThat(policy.checks(TestRateLimitContext.of("POST", LOGIN).in(Phase.BODY)))
                .as("without an account")
                .isEmpty();
    }

    @Test
    void takesTheAttributeAndTheErrorsThatAreSet() {
        LoginProtection policy = LoginProtection.builder()
                .routes("/a", LOGIN)
                .accountAttribute("phone")
                .chargeOnlyOn(OrderError.SOLD_OUT, CommonError.PERMISSION_DENIED)
                .build();

        assertThat(policy.checks(TestRateLimitContext.of("POST", LOGIN).withAttribute("phone", "1")))
                .singleElement()
                .satisfies(check -> assertThat(check.chargedOn())
                        .isEqualTo(Set.of(OrderError.SOLD_OUT, CommonError.PERMISSION_DENIED)));
        assertThat(policy.checks(TestRateLimitContext.of("POST", LOGIN).withAttribute("account", "1")))
                .isEmpty();
    }

    @Test
    void namesWhatIsMissingOrWrong() {
        assertThatThrownBy(() -> LoginProtection.builder().build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("routes: none (expected: the templates of the routes that log in)");
        assertThatThrownBy(() -> LoginProtection.builder().addressFailures(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("addressFailures: 0 (expected: 1 to 9007199254)");
        assertThatThrownBy(() -> LoginProtection.builder().window(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("window: PT0S (expected: 1 ms to 365 days)");
        assertThatThrownBy(() -> LoginProtection.builder().replicas(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("replicas: 0 (expected: 1 to 10000)");
    }

    @Test
    void countsNoFailureForAnotherReasonAsAnAttack() {
        engine = engine(20, 3);
        for (int i = 0; i < 5; i++) {
            login("203.0.113." + i, "ann", CommonError.SERVICE_UNAVAILABLE);
        }

        login("192.0.2.1", "ann", WRONG);

        assertThat(login("192.0.2.1", "ann", SUCCESS).admitted()).isTrue();
    }

    @Test
    void takesTheWindowAndTheDelayThatAreSet() {
        engine = new TestEngine(
                limiter,
                LoginProtection.builder()
                        .routes(LOGIN)
                        .window(Duration.ofMinutes(3))
                        .addressFailures(3)
                        .accountFailures(1)
                        .accountDelay(Duration.ofSeconds(10))
                        .time(clock)
                        .build());
        login("203.0.113.1", "ann", WRONG);

        assertThat(login("203.0.113.1", "ann", SUCCESS).decisions().get(1).retryAfter())
                .isEqualTo(Duration.ofSeconds(10));
        login("203.0.113.1", "bob", WRONG);
        login("203.0.113.1", "eve", WRONG);
        assertThat(login("203.0.113.1", "joe", SUCCESS).decisions().get(0).retryAfter())
                .isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void acceptsSettingsToTheEndsOfTheirRanges() {
        assertThatCode(() -> LoginProtection.builder()
                        .addressFailures(1)
                        .addressFailures(9_007_199_254L)
                        .accountFailures(1)
                        .window(Duration.ofMillis(1))
                        .window(Duration.ofDays(365))
                        .accountDelay(Duration.ofMillis(1)))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> LoginProtection.builder().accountFailures(9_007_199_255L))
                .hasMessage("accountFailures: 9007199255 (expected: 1 to 9007199254)");
        assertThatThrownBy(() -> LoginProtection.builder()
                        .accountDelay(Duration.ofDays(365).plusNanos(1)))
                .hasMessage("accountDelay: PT8760H0.000000001S (expected: 1 ms to 365 days)");
    }

    @Test
    void tellsItsNames() {
        assertThat(policy(20, 10).name()).isEqualTo("failed-logins");
        assertThat(policy(20, 10)).hasToString("RateLimitPolicy[failed-logins, failed-account]");
    }

    /** Ann's account fails from that many addresses, once each. */
    private void attack(int addresses) {
        for (int i = 0; i < addresses; i++) {
            assertThat(login("203.0.113." + i, "ann", WRONG).admitted()).isTrue();
        }
    }

    private Exchange login(String address, String account, @Nullable ErrorCode outcome) {
        Exchange login = begin(address, account);
        if (login.admitted()) {
            login.end(outcome);
        }
        return login;
    }

    private Exchange begin(String address, String account) {
        return engine.begin(request(address, account));
    }

    private static Supplier<TestRateLimitContext> request(String address, String account) {
        return () -> TestRateLimitContext.of("POST", LOGIN)
                .withClientAddress(address)
                .withAttribute("account", account);
    }

    private TestEngine engine(int addressFailures, int accountFailures) {
        return new TestEngine(limiter, policy(addressFailures, accountFailures));
    }

    private LoginProtection policy(int addressFailures, int accountFailures) {
        return LoginProtection.builder()
                .routes(LOGIN)
                .addressFailures(addressFailures)
                .accountFailures(accountFailures)
                .time(clock)
                .build();
    }
}
