package io.tollgate.auth.revocation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.auth.JwtVerifier;
import io.tollgate.auth.MutableClock;
import io.tollgate.auth.keys.KeySource;
import io.tollgate.auth.keys.SignatureAlgorithm;
import io.tollgate.auth.keys.TestKeys;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class InMemoryRevokedTokensTest extends RevokedTokensContract {
    private final InMemoryRevokedTokens list = new InMemoryRevokedTokens();
    private final MutableClock clock = new MutableClock(Instant.parse("2026-11-22T12:00:00Z"));

    @Override
    protected RevokedTokens list() {
        return list;
    }

    @Test
    void failsWhenFullAndHasRoomAgainWhenATokenHasEnded() {
        InMemoryRevokedTokens small = new InMemoryRevokedTokens(1, clock);
        join(small.revoke("a", clock.instant().plusSeconds(60)));

        assertThatThrownBy(() -> join(small.revoke("b", clock.instant().plusSeconds(60))))
                .satisfies(e -> assertThat(GatewayException.from(e).code()).isEqualTo(CommonError.SERVICE_UNAVAILABLE));
        join(small.revoke("a", clock.instant().plusSeconds(90)));
        clock.advance(Duration.ofSeconds(90));
        join(small.revoke("b", clock.instant().plusSeconds(60)));

        assertThat(join(small.isRevoked("b"))).isTrue();
        assertThat(join(small.isRevoked("a"))).isFalse();
    }

    @Test
    void cannotRevokeWithoutAList() {
        JwtVerifier verifier = JwtVerifier.builder()
                .keys(KeySource.of(TestKeys.of(SignatureAlgorithm.HS256)))
                .build();

        assertThatThrownBy(() -> verifier.revoke("token"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("revokedTokens: missing (expected: a list, to revoke access tokens)");
    }
}
