package io.tollgate.api.guard;

import static io.tollgate.api.guard.Requests.admit;
import static io.tollgate.api.guard.Requests.anonymous;
import static io.tollgate.api.guard.Requests.fromAddress;
import static io.tollgate.api.guard.Requests.rejected;
import static io.tollgate.api.guard.Requests.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.CommonError;
import io.tollgate.api.Problem;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.token.AccessRule;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The limit of bad tokens. */
class TokenProtectionTest {
    private static final String BUCKET = "bad-tokens ip:192.0.2.1";

    private final MemoryLimiter limiter = new MemoryLimiter();
    private final Recorder recorder = new Recorder();

    private RequestGuard.Builder guard() {
        return RequestGuard.builder()
                .tokens(NamedTokens.cheap())
                .limiter(limiter, List.of())
                .listener(recorder);
    }

    @Test
    void isOnWithTokensAndALimiter() {
        RequestGuard guard = guard().build();
        for (int i = 0; i < 20; i++) {
            assertThat(rejected(guard, with("forged"), AccessRule.token())
                            .error()
                            .code())
                    .isEqualTo(CommonError.INVALID_TOKEN);
        }

        Rejected twentyFirst = rejected(guard, with("forged"), AccessRule.token());

        assertThat(twentyFirst.error().code()).isEqualTo(CommonError.RATE_LIMIT_EXCEEDED);
        assertThat(twentyFirst.error().problem().map(Problem::type).orElse("")).endsWith("#abnormal-usage-detected");
        assertThat(Requests.headers(twentyFirst)).containsEntry("X-RateLimit-Limit", "20");
        assertThat(recorder.settlements())
                .hasSize(20)
                .allSatisfy(line -> assertThat(line).isEqualTo("settled bad-tokens charged"));
    }

    @Test
    void isNoneWithoutALimiter() {
        RequestGuard guard = RequestGuard.builder().tokens(NamedTokens.cheap()).build();

        for (int i = 0; i < 30; i++) {
            assertThat(rejected(guard, with("forged"), AccessRule.token())
                            .error()
                            .code())
                    .isEqualTo(CommonError.INVALID_TOKEN);
        }
        assertThat(guard.policies()).isEmpty();
    }

    @Test
    void letsValidAndExpiredTokensOfTheAddressPass() {
        RequestGuard guard = guard().tokenProtection(TokenProtection.of(RateLimit.perHour(1)))
                .build();
        rejected(guard, with("forged"), AccessRule.token());
        rejected(guard, with("forged"), AccessRule.token());

        assertThat(admit(guard, with("ann"), AccessRule.token())).isInstanceOf(Admitted.class);
        assertThat(rejected(guard, with("expired"), AccessRule.token()).error().code())
                .isEqualTo(CommonError.TOKEN_EXPIRED);
        assertThat(rejected(guard, anonymous(), AccessRule.token()).error().code())
                .isEqualTo(CommonError.MISSING_TOKEN);
        assertThat(rejected(guard, fromAddress("192.0.2.2").with("Authorization", "Bearer forged"), AccessRule.token())
                        .error()
                        .code())
                .isEqualTo(CommonError.INVALID_TOKEN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer not a token", "Basic YTpi", "Bearer"})
    void chargesMalformedHeadersToo(String authorization) {
        rejected(guard().build(), anonymous().with("Authorization", authorization), AccessRule.token());

        assertThat(limiter.taken(BUCKET)).isEqualTo(1);
    }

    @Test
    void canBeSwitchedOff() {
        RequestGuard guard = guard().withoutTokenProtection().build();

        rejected(guard, with("forged"), AccessRule.token());

        assertThat(limiter.asked()).isEmpty();
        assertThat(guard.policies()).isEmpty();
    }

    @Test
    void isNotAddedTwice() {
        TokenProtection own = TokenProtection.of(RateLimit.perHour(3));
        RequestGuard guard = RequestGuard.builder()
                .tokens(NamedTokens.cheap())
                .limiter(limiter, List.of(own))
                .build();
        assertThat(guard.policies()).containsExactly(own);

        RequestGuard standard = guard().build();
        standard.replacePolicies(standard.policies());
        assertThat(standard.policies()).hasSize(1);
    }

    @Test
    void isAskedLast() {
        RequestGuard guard = RequestGuard.builder()
                .tokens(NamedTokens.cheap())
                .limiter(limiter, List.of(Requests.perClient("a", 9), Requests.perClient("b", 9)))
                .build();

        rejected(guard, with("forged"), AccessRule.token());

        assertThat(limiter.asked()).containsExactly("a ip:192.0.2.1", "b ip:192.0.2.1", BUCKET);
        assertThat(guard.policies().get(2).name()).isEqualTo("bad-tokens");
    }
}
