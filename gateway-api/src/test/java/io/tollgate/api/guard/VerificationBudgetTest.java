package io.tollgate.api.guard;

import static io.tollgate.api.guard.Requests.admit;
import static io.tollgate.api.guard.Requests.fromAddress;
import static io.tollgate.api.guard.Requests.rejected;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tollgate.api.CommonError;
import io.tollgate.api.Problem;
import io.tollgate.api.http.AddressRange;
import io.tollgate.api.http.TestHead;
import io.tollgate.api.token.AccessRule;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How many costly verifications an address may cause. */
class VerificationBudgetTest {
    private final ManualTime time = new ManualTime();
    private final NamedTokens tokens = NamedTokens.costly("ann");
    private final Recorder recorder = new Recorder();
    private final RequestGuard guard =
            RequestGuard.builder().tokens(tokens).listener(recorder).time(time).build();

    private static TestHead bearer(String address, String token) {
        return fromAddress(address).with("Authorization", "Bearer " + token);
    }

    private Rejected forged(String address) {
        return rejected(guard, bearer(address, "forged"), AccessRule.token());
    }

    private void useUp(String address) {
        for (int i = 0; i < 50; i++) {
            assertThat(forged(address).error().code()).isEqualTo(CommonError.INVALID_TOKEN);
        }
    }

    @Test
    void is50AtOnceAnd10ASecond() {
        useUp("192.0.2.1");
        assertThat(forged("192.0.2.1").error().code()).isEqualTo(CommonError.RATE_LIMIT_EXCEEDED);

        time.advance(Duration.ofMillis(99));
        assertThat(forged("192.0.2.1").error().code()).isEqualTo(CommonError.RATE_LIMIT_EXCEEDED);
        time.advance(Duration.ofMillis(1));
        assertThat(forged("192.0.2.1").error().code()).isEqualTo(CommonError.INVALID_TOKEN);
        assertThat(forged("192.0.2.1").error().code()).isEqualTo(CommonError.RATE_LIMIT_EXCEEDED);

        time.advance(Duration.ofDays(400));
        useUp("192.0.2.1");
        assertThat(forged("192.0.2.1").error().code()).isEqualTo(CommonError.RATE_LIMIT_EXCEEDED);
        assertThat(tokens.verified()).hasSize(101);
    }

    @Test
    void rejectsWith429ThatSaysWhenToTryAgain() {
        useUp("192.0.2.1");

        Rejected rejected = forged("192.0.2.1");

        assertThat(rejected.error().retryAfter()).contains(Duration.ofMillis(100));
        assertThat(rejected.error().headers()).containsEntry("Retry-After", "1");
        assertThat(rejected.error().problem().map(Problem::type).orElse("")).endsWith("#abnormal-usage-detected");
        assertThat(rejected.error().details()).containsEntry("capacity", 50L).containsEntry("refill_rate", 10.0);
        assertThat(Requests.headers(rejected))
                .containsEntry("X-RateLimit-Limit", "50")
                .containsEntry("X-RateLimit-Remaining", "0");
        assertThat(recorder.lines())
                .endsWith("authenticated RATE_LIMIT_EXCEEDED", "decided token-verification-")
                .noneMatch(line -> line.startsWith("settled"));
    }

    @Test
    void isGivenBackForAValidToken() {
        for (int i = 0; i < 200; i++) {
            assertThat(admit(guard, bearer("192.0.2.1", "bob"), AccessRule.token()))
                    .isInstanceOf(Admitted.class);
        }
        assertThat(tokens.verified()).hasSize(200);
    }

    @Test
    void doesNotApplyToCachedTokens() {
        useUp("192.0.2.1");

        assertThat(admit(guard, bearer("192.0.2.1", "ann"), AccessRule.token())).isInstanceOf(Admitted.class);
        assertThat(rejected(guard, bearer("192.0.2.1", "bob"), AccessRule.token())
                        .error()
                        .code())
                .isEqualTo(CommonError.RATE_LIMIT_EXCEEDED);
        assertThat(tokens.verified()).doesNotContain("ann");
    }

    @Test
    void doesNotApplyToTokensThatAreCheapToVerify() {
        RequestGuard cheap = RequestGuard.builder()
                .tokens(NamedTokens.cheap())
                .verificationBudget(1, 1)
                .time(time)
                .build();

        for (int i = 0; i < 3; i++) {
            assertThat(rejected(cheap, bearer("192.0.2.1", "forged"), AccessRule.token())
                            .error()
                            .code())
                    .isEqualTo(CommonError.INVALID_TOKEN);
        }
    }

    @Test
    void canBeSwitchedOff() {
        RequestGuard unlimited = RequestGuard.builder()
                .tokens(tokens)
                .verificationBudget(1, 1)
                .withoutVerificationBudget()
                .build();

        for (int i = 0; i < 3; i++) {
            assertThat(rejected(unlimited, bearer("192.0.2.1", "forged"), AccessRule.token())
                            .error()
                            .code())
                    .isEqualTo(CommonError.INVALID_TOKEN);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, 192.0.2.2, false",
        "10.0.1.31, 10.0.2.0, false",
        "2001:db8:1:2::1, 2001:db8:1:2:ffff::9, true",
        "2001:db8:1:2::1, 2001:db8:1:3::1, false",
        "192.0.2.1, ::ffff:192.0.2.1, true",
    })
    void isThatOfAnAddressOrOfAnIpv6Network(String one, String other, boolean same) throws UnknownHostException {
        // Two addresses share a slot by chance once in 16,384 guards; three guards in a row never do.
        int shared = 0;
        for (int i = 0; i < 3; i++) {
            VerificationBudget budget = new VerificationBudget(1, 1, time);
            assertThat(budget.reserve(address(one))).isZero();
            shared += budget.reserve(address(other)) > 0 ? 1 : 0;
        }
        assertThat(shared).isEqualTo(same ? 3 : Math.min(shared, 1));
    }

    @Test
    void isHardlyEverSharedByNeighbours() {
        List<InetAddress> neighbours = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            neighbours.add(address("10.0." + i / 250 + "." + i % 250));
        }
        VerificationBudget budget = new VerificationBudget(1, 1, time);

        long affected = neighbours.stream().filter(n -> budget.reserve(n) > 0).count();

        // 2,000 of 16,384 slots: 118 are expected to meet somebody, with a standard deviation of about 10.
        assertThat(affected).isLessThan(200);
    }

    @Test
    void neverGrantsMoreThanItsBurstAndItsRate() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        VerificationBudget budget = new VerificationBudget(5, 10, time);
        InetAddress address = address("192.0.2.1");
        long granted = 0;
        long refunded = 0;
        long outstanding = 0;
        Duration passed = Duration.ZERO;
        for (int i = 0; i < 20_000; i++) {
            Duration step = Duration.ofMillis(random.nextInt(60));
            time.advance(step);
            passed = passed.plus(step);
            if (budget.reserve(address) == 0) {
                granted++;
                outstanding++;
            }
            while (outstanding > 0 && random.nextInt(3) == 0) {
                budget.refund(address);
                refunded++;
                outstanding--;
            }
            assertThat(granted - refunded).as("seed %d", seed).isLessThanOrEqualTo(5 + passed.toMillis() / 100);
        }
        assertThat(refunded).as("seed %d", seed).isGreaterThan(1_000);
    }

    @Test
    void acceptsOnlySensibleNumbers() {
        for (int[] numbers : new int[][] {{0, 1}, {1, 0}, {1_000_001, 1}, {1, 1_000_001}, {-1, -1}}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> RequestGuard.builder().verificationBudget(numbers[0], numbers[1]))
                    .withMessage("verificationBudget: " + numbers[0] + " at once, " + numbers[1]
                            + " per second (expected: each 1 to 1000000)");
        }
    }

    @Test
    void worksAtTheEndsOfItsRange() {
        VerificationBudget slow = new VerificationBudget(1_000_000, 1, time);
        VerificationBudget fast = new VerificationBudget(1, 1_000_000, time);
        InetAddress address = address("192.0.2.1");

        assertThat(slow.reserve(address)).isZero();
        assertThat(fast.reserve(address)).isZero();
        assertThat(fast.reserve(address)).isEqualTo(1_000);
    }

    private static InetAddress address(String literal) {
        return AddressRange.parseAddress(literal).orElseThrow();
    }
}
