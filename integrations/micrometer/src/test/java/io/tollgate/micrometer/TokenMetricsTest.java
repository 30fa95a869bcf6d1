package io.tollgate.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tollgate.api.Principal;
import io.tollgate.api.token.TokenPair;
import io.tollgate.auth.JwtTokenService;
import io.tollgate.auth.JwtVerifier;
import io.tollgate.auth.keys.KeyQuery;
import io.tollgate.auth.keys.KeySet;
import io.tollgate.auth.keys.RemoteKeys;
import io.tollgate.auth.keys.SignatureAlgorithm;
import io.tollgate.testkit.VirtualTime;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class TokenMetricsTest {
    private static final String SECRET = "thirty-two bytes of secret, or more";

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final VirtualTime time = new VirtualTime(Instant.parse("2026-11-27T12:00:00Z"));
    private final JwtTokenService service =
            JwtTokenService.builder().secret(SECRET).time(time).build();
    private final TokenPair pair =
            service.issue(Principal.of("ann")).toCompletableFuture().join();

    @Test
    void measuresTheCacheOfAVerifier() {
        JwtVerifier verifier = JwtVerifier.builder().secret(SECRET).time(time).build();
        new TokenMetrics(verifier).bindTo(registry);

        for (int i = 0; i < 3; i++) {
            verifier.verify(pair.accessToken()).toCompletableFuture().join();
        }

        assertThat(cached("miss")).isEqualTo(1);
        assertThat(cached("hit")).isEqualTo(2);
        assertThat(registry.get("tollgate.tokens.cached").gauge().value()).isEqualTo(1);
        assertThat(registry.get("tollgate.tokens.cached.bytes").gauge().value()).isEqualTo(1024);
        assertThat(registry.getMeters()).hasSize(4);
    }

    @Test
    void measuresTheCacheAndTheRefreshTokensOfAService() {
        new TokenMetrics(service).bindTo(registry);

        service.verify(pair.accessToken()).toCompletableFuture().join();
        service.verify(pair.accessToken()).toCompletableFuture().join();
        service.refresh(pair.refreshToken().orElseThrow()).toCompletableFuture().join();
        time.advance(Duration.ofHours(1)); // No reuse by a client that lost the response.
        assertThat(service.refresh(pair.refreshToken().orElseThrow()).toCompletableFuture())
                .isCompletedExceptionally();

        assertThat(cached("hit")).isEqualTo(1);
        assertThat(cached("miss")).isEqualTo(1);
        assertThat(registry.get("tollgate.refresh.rotations").functionCounter().count())
                .isEqualTo(1);
        assertThat(registry.get("tollgate.refresh.reuses").functionCounter().count())
                .isEqualTo(1);
    }

    @Test
    void measuresWhoWaitsForPublishedKeys() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                RemoteKeys keys = RemoteKeys.builder()
                        .uri(URI.create("http://127.0.0.1:" + silent.getLocalPort()))
                        .maxWaiting(1)
                        .timeout(Duration.ofMinutes(1))
                        .build()) {
            new TokenMetrics(keys).bindTo(registry);
            KeyQuery query = KeyQuery.of(SignatureAlgorithm.ES256, Optional.of("a"));

            CompletionStage<KeySet> waiting = keys.keys(query);
            CompletionStage<KeySet> turnedAway = keys.keys(query);

            assertThat(waiting.toCompletableFuture()).isNotDone();
            assertThat(turnedAway.toCompletableFuture()).isCompletedExceptionally();
            assertThat(registry.get("tollgate.keys.waiting").gauge().value()).isEqualTo(1);
            assertThat(registry.get("tollgate.keys.turned.away")
                            .functionCounter()
                            .count())
                    .isEqualTo(1);
        }
    }

    private double cached(String result) {
        return registry.get("tollgate.tokens.cache")
                .tag("result", result)
                .functionCounter()
                .count();
    }
}
