package io.tollgate.examples.embed;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimiter;
import io.tollgate.api.token.AccessRule;
import io.tollgate.auth.JwtVerifier;
import io.tollgate.auth.keys.KeySource;
import io.tollgate.auth.keys.SignatureAlgorithm;
import io.tollgate.auth.keys.TokenKey;
import io.tollgate.auth.testkit.HostileTokens;
import io.tollgate.auth.testkit.TestKeys;
import io.tollgate.auth.testkit.TestToken;
import io.tollgate.ratelimit.LocalRateLimiter;
import io.tollgate.ratelimit.Policies;
import io.tollgate.testkit.ScriptedRateLimiter;
import io.tollgate.testkit.TestRequest;
import io.tollgate.testkit.VirtualTime;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests the limits and tokens of a service as its own tests would: without a server, and without waiting. */
class ShopLimitsTest {
    private final VirtualTime time = new VirtualTime();
    private final TokenKey key = TestKeys.of(SignatureAlgorithm.ES256);
    private final String token = TestToken.of("ann").issuedAt(time.now()).signedWith(key);
    private final RequestGuard guard =
            guard(LocalRateLimiter.builder().time(time).build());

    private RequestGuard guard(RateLimiter limiter) {
        return RequestGuard.builder()
                .tokens(JwtVerifier.builder()
                        .keys(KeySource.fixed(key))
                        .time(time)
                        .build())
                .limiter(limiter, List.of(Policies.standard(RateLimit.perHour(100))))
                .time(time)
                .build();
    }

    private HttpResponse send(RequestGuard guard, TestRequest request) {
        return guard.respond(
                request, "/tickets", AccessRule.token(), request.id(), admitted -> HttpResponse.empty(204));
    }

    private TestRequest ofAnn() {
        return TestRequest.get("/tickets").withBearer(token);
    }

    @Test
    void allowsAHundredRequestsAnHour() {
        for (int i = 0; i < 100; i++) {
            assertThat(send(guard, ofAnn()).status()).isEqualTo(204);
        }
        HttpResponse limited = send(guard, ofAnn());
        assertThat(limited.status()).isEqualTo(429);
        assertThat(limited.header("Retry-After")).contains("36");

        time.advance(Duration.ofSeconds(36));

        assertThat(send(guard, ofAnn()).status()).isEqualTo(204);
        assertThat(send(guard, ofAnn()).status()).isEqualTo(429);
    }

    @Test
    void respondsWhenTheLimiterRejects() {
        ScriptedRateLimiter limiter = new ScriptedRateLimiter(time).reject(Duration.ofSeconds(30));

        HttpResponse limited = send(guard(limiter), ofAnn());

        assertThat(limited.status()).isEqualTo(429);
        assertThat(limited.header("Retry-After")).contains("30");
        assertThat(limiter.checks())
                .singleElement()
                .satisfies(check -> assertThat(check.key()).isEqualTo("user:ann"));
    }

    @Test
    void rejectsHostileTokens() {
        JwtVerifier verifier =
                JwtVerifier.builder().keys(KeySource.fixed(key)).time(time).build();
        HostileTokens hostile = HostileTokens.of(key, time.now());

        assertThat(verifier.verify(hostile.good()).toCompletableFuture()).isCompleted();
        hostile.all()
                .forEach((name, attack) -> assertThat(verifier.verify(attack).toCompletableFuture())
                        .as(name)
                        .isCompletedExceptionally());
    }
}
