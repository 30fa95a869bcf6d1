package io.tollgate.auth.revocation;

import static io.tollgate.auth.revocation.Outcomes.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.auth.JwtVerifier;
import io.tollgate.auth.keys.KeySource;
import io.tollgate.auth.keys.SignatureAlgorithm;
import io.tollgate.auth.testkit.RevokedTokensContract;
import io.tollgate.auth.testkit.TestKeys;
import io.tollgate.testkit.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class InMemoryRevokedTokensTest extends RevokedTokensContract {
    private final InMemoryRevokedTokens list = InMemoryRevokedTokens.builder().build();
    private final VirtualTime time = new VirtualTime(Instant.parse("2026-11-22T12:00:00Z"));

    @Override
    protected RevokedTokens list() {
        return list;
    }

    @Test
    void failsWhenFullAndHasRoomAgainWhenATokenHasEnded() {
        InMemoryRevokedTokens small =
                InMemoryRevokedTokens.builder().maxTokens(1).time(time).build();
        join(small.revoke("a", time.now().plusSeconds(60)));

        assertThatThrownBy(() -> join(small.revoke("b", time.now().plusSeconds(60))))
                .satisfies(e -> assertThat(GatewayException.from(e).code()).isEqualTo(CommonError.SERVICE_UNAVAILABLE));
        join(small.revoke("a", time.now().plusSeconds(90)));
        time.advance(Duration.ofSeconds(90));
        join(small.revoke("b", time.now().plusSeconds(60)));

        assertThat(join(small.isRevoked("b"))).isTrue();
        assertThat(join(small.isRevoked("a"))).isFalse();
    }

    @Test
    void cannotRevokeWithoutAList() {
        JwtVerifier verifier = JwtVerifier.builder()
                .keys(KeySource.fixed(TestKeys.of(SignatureAlgorithm.HS256)))
                .build();

        assertThatThrownBy(() -> verifier.revoke("token"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("revokedTokens: unset (expected: revokedTokens(...), to revoke access tokens)");
    }
}
