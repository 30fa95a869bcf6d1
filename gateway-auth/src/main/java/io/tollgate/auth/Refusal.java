package io.tollgate.auth;

import io.tollgate.api.ErrorCode;
import io.tollgate.api.GatewayException;

/** The few things a client is told about a token that is not accepted; which check it failed is not one of them. */
final class Refusal {
    private Refusal() {}

    static GatewayException malformed() {
        return GatewayException.of(ErrorCode.INVALID_TOKEN_FORMAT, "The access token is malformed.");
    }

    static GatewayException invalid() {
        return GatewayException.of(ErrorCode.INVALID_TOKEN, "The access token is invalid.");
    }

    static GatewayException expired() {
        return GatewayException.of(ErrorCode.TOKEN_EXPIRED, "The access token has expired.");
    }

    static GatewayException refresh() {
        // RFC 9110, section 15.5.2: no 401 without a challenge.
        return GatewayException.builder(ErrorCode.UNAUTHENTICATED, "The refresh token is not valid.")
                .header("WWW-Authenticate", "Bearer")
                .build();
    }

    static GatewayException unavailable(Throwable cause) {
        return GatewayException.builder(
                        ErrorCode.SERVICE_UNAVAILABLE, "Tokens cannot be processed at the moment, try again later.")
                .cause(cause)
                .build();
    }
}
