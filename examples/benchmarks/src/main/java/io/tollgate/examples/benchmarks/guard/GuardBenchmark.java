package io.tollgate.examples.benchmarks.guard;

import io.tollgate.api.Principal;
import io.tollgate.api.guard.Admitted;
import io.tollgate.api.guard.Rejected;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.http.ErrorRenderer;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitHeaders;
import io.tollgate.api.token.AccessRule;
import io.tollgate.api.token.AccessToken;
import io.tollgate.api.token.BearerAuthenticator;
import io.tollgate.auth.JwtTokenService;
import io.tollgate.auth.JwtVerifier;
import io.tollgate.auth.keys.KeySource;
import io.tollgate.auth.keys.SignatureAlgorithm;
import io.tollgate.auth.keys.TokenKey;
import io.tollgate.ratelimit.LocalRateLimiter;
import io.tollgate.ratelimit.Policies;
import java.net.InetAddress;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * The guard: beside the same steps written by hand, for a request with a cached token and a bucket in this process; and
 * rejecting a forged token beyond the verification budget, beside verifying it.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(2)
@State(Scope.Benchmark)
public class GuardBenchmark {
    private static final AccessRule TOKEN = AccessRule.token();
    private static final Optional<String> ROUTE = Optional.of("/tickets/{id}");

    private final RateLimit limit = RateLimit.perSecond(1_000_000_000);
    private final LocalRateLimiter limiter = LocalRateLimiter.builder().build();
    private final JwtTokenService tokens =
            JwtTokenService.builder().secret("x".repeat(64)).build();
    private final JwtVerifier verifier =
            JwtVerifier.builder().secret("x".repeat(64)).build();
    private final HttpRequestHead head = bearer(
            tokens.issue(Principal.of("user-1")).toCompletableFuture().join().accessToken());
    private final RequestGuard guard = RequestGuard.builder()
            .tokens(verifier)
            .limiter(limiter, List.of(Policies.standard(limit)))
            .build();

    private final String forgedToken;
    private final JwtVerifier asymmetric;
    private final HttpRequestHead forged;
    private final RequestGuard budgeted;
    private final ErrorRenderer errors = ErrorRenderer.envelope();

    /** Makes two keys: one that the verifier knows, and the forger's. */
    public GuardBenchmark() {
        asymmetric = JwtVerifier.builder().keys(es256()).build();
        forgedToken = JwtTokenService.builder()
                .keys(es256())
                .build()
                .issue(Principal.of("user-1"))
                .toCompletableFuture()
                .join()
                .accessToken();
        forged = bearer(forgedToken);
        budgeted = RequestGuard.builder()
                .tokens(asymmetric)
                .verificationBudget(1, 1)
                .build();
    }

    private static KeySource es256() {
        try {
            KeyPairGenerator ec = KeyPairGenerator.getInstance("EC");
            ec.initialize(new ECGenParameterSpec("secp256r1"));
            return KeySource.fixed(TokenKey.pair(SignatureAlgorithm.ES256, ec.generateKeyPair()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static HttpRequestHead bearer(String token) {
        Map<String, List<String>> headers = Map.of("Authorization", List.of("Bearer " + token));
        return HttpRequestHead.of("POST", URI.create("/tickets/1"), InetAddress.getLoopbackAddress(), headers::get);
    }

    @Benchmark
    public Principal guard(Blackhole blackhole) {
        Admitted request = (Admitted) guard.admit(head, ROUTE, TOKEN, RequestGuard.SAME_THREAD)
                .toCompletableFuture()
                .join();
        request.settle(200);
        request.forEachHeader((name, value) -> blackhole.consume(value));
        return request.principal().orElseThrow();
    }

    @Benchmark
    public Principal byHand(Blackhole blackhole) {
        String token = BearerAuthenticator.requireToken(head.headers("Authorization"));
        AccessToken verified = verifier.cached(token)
                .orElseGet(() -> verifier.verify(token).toCompletableFuture().join());
        Principal user = verified.principal();
        RateLimitDecision decision = limiter.decideNow(RateLimitCheck.of("default", "user:" + user.userId(), limit));
        if (!decision.allowed()) {
            throw decision.toException();
        }
        RateLimitHeaders.write(decision, (name, value) -> blackhole.consume(value));
        return user;
    }

    /** What a forged token costs that is rejected before it is verified, its response included. */
    @Benchmark
    public HttpResponse forgedBeyondTheBudget() {
        Rejected rejected = (Rejected) budgeted.admit(forged, ROUTE, TOKEN, RequestGuard.SAME_THREAD)
                .toCompletableFuture()
                .join();
        return rejected.response(errors, "request-1");
    }

    /** What a forged token costs that is verified, without a response. */
    @Benchmark
    public CompletionStage<AccessToken> forgedVerified() {
        return asymmetric.verify(forgedToken);
    }
}
