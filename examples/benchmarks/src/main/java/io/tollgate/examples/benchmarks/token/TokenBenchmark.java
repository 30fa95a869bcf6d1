package io.tollgate.examples.benchmarks.token;

import io.tollgate.api.Principal;
import io.tollgate.api.token.AccessToken;
import io.tollgate.api.token.TokenPair;
import io.tollgate.auth.JwtTokenService;
import io.tollgate.auth.JwtVerifier;
import io.tollgate.auth.keys.KeySource;
import io.tollgate.auth.keys.SignatureAlgorithm;
import io.tollgate.auth.keys.TokenKey;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * The costs of an access token: to verify one that is not cached, alone and as a guard does it; to verify a cached one, and to
 * find it in the cache; to tell whether verifying is costly; and to issue a pair.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Benchmark)
public class TokenBenchmark {
    @Param({"HS256", "HS384", "HS512", "RS256", "PS256", "ES256", "EdDSA"})
    public SignatureAlgorithm algorithm = SignatureAlgorithm.HS256;

    private JwtTokenService issuer =
            JwtTokenService.builder().secret("x".repeat(64)).build();
    private JwtVerifier cold = JwtVerifier.builder().secret("x".repeat(64)).build();
    private JwtVerifier cached = cold;
    private String token = "";

    /** Makes a key of the algorithm's type, and a token with it. */
    @Setup
    public void makeKey() throws GeneralSecurityException {
        KeySource keys = KeySource.fixed(key(algorithm));
        issuer = JwtTokenService.builder().keys(keys).build();
        cold = JwtVerifier.builder().keys(keys).cacheSize(0).build();
        cached = JwtVerifier.builder().keys(keys).build();
        token = issuer.issue(Principal.of("user-1"))
                .toCompletableFuture()
                .join()
                .accessToken();
        cached.verify(token).toCompletableFuture().join();
    }

    @Benchmark
    public CompletionStage<AccessToken> verifyCold() {
        return cold.verify(token);
    }

    @Benchmark
    public CompletionStage<AccessToken> verifyCached() {
        return cached.verify(token);
    }

    /** A hit, without a stage. */
    @Benchmark
    public Optional<AccessToken> cached() {
        return cached.cached(token);
    }

    @Benchmark
    public boolean isCostly() {
        return cached.isCostly(token);
    }

    /** The three calls of a guard for a token that it sees for the first time. */
    @Benchmark
    public CompletionStage<AccessToken> guardCold(Blackhole blackhole) {
        Optional<AccessToken> known = cold.cached(token);
        if (known.isPresent()) {
            throw new IllegalStateException("cached (expected: a cache of no tokens)");
        }
        blackhole.consume(cold.isCostly(token));
        return cold.verify(token);
    }

    @Benchmark
    public CompletionStage<TokenPair> issue() {
        return issuer.issue(Principal.of("user-1"));
    }

    private static TokenKey key(SignatureAlgorithm algorithm) throws GeneralSecurityException {
        return switch (algorithm) {
            case HS256, HS384, HS512 -> {
                byte[] secret = new byte[64];
                new SecureRandom().nextBytes(secret);
                yield TokenKey.secret(algorithm, secret);
            }
            case RS256, PS256 -> {
                KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
                rsa.initialize(2048);
                yield TokenKey.pair(algorithm, rsa.generateKeyPair());
            }
            case ES256 -> {
                KeyPairGenerator ec = KeyPairGenerator.getInstance("EC");
                ec.initialize(new ECGenParameterSpec("secp256r1"));
                yield TokenKey.pair(algorithm, ec.generateKeyPair());
            }
            case EdDSA -> {
                KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
                yield TokenKey.pair(algorithm, pair);
            }
        };
    }
}
