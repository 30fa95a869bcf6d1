package io.tollgate.runner.frontdoor;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** The same in HTTP/2. */
class RateLimitInHttp2Test extends RateLimitTest {
    @Override
    Deployment.Builder deployment() {
        return super.deployment().http2();
    }

    /** One that passes the upgrade of a client on would let it send requests in the proxy's name. */
    @Test
    @Override
    void tellsClientsBehindATrustedProxyApart() {
        assertThatThrownBy(super::tellsClientsBehindATrustedProxyApart)
                .as("not upgraded")
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("HTTP_1_1");
    }
}
