package io.tollgate.auth;

import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;

/** Makes the errors for tokens that are rejected. A client does not learn which check a token failed. */
final class Rejection {
    private Rejection() {}

    static GatewayException malformed() {
        return GatewayException.of(CommonError.INVALID_TOKEN_FORMAT, "The access token is malformed.");
    }

    static GatewayException invalid() {
        return GatewayException.of(CommonError.INVALID_TOKEN, "The access token is invalid.");
    }

    static GatewayException expired() {
        return GatewayException.of(CommonError.TOKEN_EXPIRED, "The access token has expired.");
    }

    static GatewayException refresh() {
        // RFC 9110, section 15.5.2: no 401 without a challenge.
        return GatewayException.builder(CommonError.UNAUTHENTICATED, "The refresh token is not valid.")
                .header("WWW-Authenticate", "Bearer")
                .build();
    }

    static GatewayException unavailable(Throwable cause) {
        return GatewayException.builder(
                        CommonError.SERVICE_UNAVAILABLE, "Tokens cannot be processed at the moment, try again later.")
                .cause(cause)
                .build();
    }
}
