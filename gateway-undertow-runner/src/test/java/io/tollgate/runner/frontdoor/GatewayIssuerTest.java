package io.tollgate.runner.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The gateway issues tokens and keeps families in its memory. */
class GatewayIssuerTest extends GatewayIssuerContract {
    @Override
    Deployment.Builder gateway() {
        return Deployment.builder().gatewayIssues();
    }

    @Test
    void returnsTheSameSuccessorWithinTheGraceWindow() throws Exception {
        try (Deployment lenient =
                gateway().with("JWT_REFRESH_TOKEN_GRACE", "60s").start()) {
            client = lenient.client();
            String token = refreshToken(register("gil"));

            String first = refreshToken(refresh(token));

            assertThat(refreshToken(refresh(token))).isEqualTo(first);
            assertThat(refresh(first).status()).isEqualTo(200);
        }
    }

    @Test
    void takesNoNoticeOfTokensThatTheUserServiceSends() throws Exception {
        // The user service issues, by another secret, all the same.
        try (Deployment both = Deployment.builder()
                .with("AUTH_ISSUER", "gateway")
                .with("JWT_SECRET_KEY", "a secret of the gateway's own, which is long enough")
                .start()) {
            Client other = both.client();
            Answer registered = other.post(
                    "/api/v1/users/register",
                    "{\"email\":\"hal@example.org\",\"username\":\"hal\",\"password\":\"correct horse\"}");

            assertThat(other.post(
                                    "/api/v1/tickets/rock-2026/purchase",
                                    "{}",
                                    "Authorization",
                                    "Bearer " + access(registered))
                            .status())
                    .isEqualTo(200);
            assertThat(other.post(
                                    "/api/v1/tickets/rock-2026/purchase",
                                    "{}",
                                    "Authorization",
                                    "Bearer " + Deployment.mint("hal"))
                            .status())
                    .isEqualTo(401);
        }
    }

    @Test
    void hasNoLogoutWhereTheUserServiceIssues() throws Exception {
        try (Deployment upstream = Deployment.start()) {
            Answer answer = upstream.client().post("/api/v1/users/logout", "{\"refreshToken\":\"x\"}");

            assertThat(answer.status()).isEqualTo(404);
            assertThat(answer.code()).isEqualTo("ROUTE_NOT_FOUND");
        }
    }
}
