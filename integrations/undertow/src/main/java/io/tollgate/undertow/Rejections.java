package io.tollgate.undertow;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import java.nio.ByteBuffer;
import java.time.Duration;

/** The reasons for which the server itself rejects requests and connections. */
final class Rejections {
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private Rejections() {}

    /** Returns the reason of a response of Undertow's, which has nothing but a status line, {@code HTTP/1.1 400 …}. */
    static GatewayException of(ByteBuffer response, HeadBytes request) {
        byte[] start = new byte[Math.min(12, response.remaining())];
        response.duplicate().get(start);
        String line = new String(start, US_ASCII);
        if (line.length() == 12 && line.startsWith("5", 9)) {
            return GatewayException.of(CommonError.INTERNAL_SERVER_ERROR, "The server failed to handle the request.");
        }
        return request.hasUnsupportedVersion()
                ? version()
                : invalid("The request is not valid HTTP/1.1, or its head is too large.");
    }

    static GatewayException invalid(String message) {
        return GatewayException.of(CommonError.INVALID_REQUEST, message);
    }

    static GatewayException version() {
        return GatewayException.of(
                CommonError.HTTP_VERSION_NOT_SUPPORTED, "The supported versions are HTTP/1.1 and HTTP/1.0.");
    }

    static GatewayException bodyTooLarge(long maxBytes) {
        return GatewayException.of(CommonError.BODY_TOO_LARGE, "The body must have at most " + maxBytes + " bytes.");
    }

    static GatewayException bodyTooSlow(Duration timeout) {
        String time = timeout.toMillis() % 1000 == 0 ? timeout.toSeconds() + "s" : timeout.toMillis() + "ms";
        return invalid("The body did not arrive within " + time + ".");
    }

    static GatewayException incompleteBody() {
        return invalid("The body is malformed, or ended before its end.");
    }

    static GatewayException overloaded() {
        return GatewayException.builder(
                        CommonError.OVERLOADED,
                        "The server has no room for further connections or unfinished requests. Please try again.")
                .retryAfter(RETRY_AFTER)
                .build();
    }
}
