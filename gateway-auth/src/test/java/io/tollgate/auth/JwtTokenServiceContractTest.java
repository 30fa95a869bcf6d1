package io.tollgate.auth;

import io.tollgate.api.token.TokenService;
import io.tollgate.auth.testkit.TokenServiceContract;
import io.tollgate.testkit.VirtualTime;
import java.time.Duration;

class JwtTokenServiceContractTest extends TokenServiceContract {
    private final VirtualTime time = new VirtualTime();
    private final JwtTokenService tokens = JwtTokenService.builder()
            .secret("a-secret-of-these-tests-that-is-long-enough")
            .time(time)
            .build();

    @Override
    protected TokenService service() {
        return tokens;
    }

    @Override
    protected void expireAccessTokens() {
        time.advance(Duration.ofMinutes(16));
    }
}
