package io.tollgate.api.http;

import io.tollgate.api.CommonError;
import io.tollgate.api.ErrorCode;
import io.tollgate.api.GatewayException;
import io.tollgate.api.Problem;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The members of a problem. */
final class ProblemBody {
    private static final Problem OVERLOAD = Problem.of("temporary-reduced-capacity", "Temporary Reduced Capacity");

    private ProblemBody() {}

    static Map<String, Object> of(GatewayException error, String requestId) {
        ErrorCode code = error.code();
        Problem problem = error.problem()
                .orElseGet(() -> code == CommonError.OVERLOADED
                        ? OVERLOAD
                        : new Problem("about:blank", reason(code.httpStatus()), Map.of()));
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("type", problem.type());
        body.put("title", problem.title());
        body.put("status", code.httpStatus());
        body.put("detail", error.getMessage());
        body.put("instance", "urn:request:" + encoded(requestId));
        body.putAll(problem.extensions());
        body.put("code", code.name());
        if (!error.details().isEmpty()) {
            body.put("details", error.details());
        }
        return body;
    }

    /** RFC 8141, section 2: what a urn has no place for is percent-encoded. */
    private static String encoded(String requestId) {
        StringBuilder urn = new StringBuilder(requestId.length() + 16);
        for (byte b : requestId.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || "-._~".indexOf(c) >= 0) {
                urn.append(c);
            } else {
                urn.append(String.format(Locale.ROOT, "%%%02X", (int) c));
            }
        }
        return urn.toString();
    }

    /** RFC 9110, section 15: the reason phrases, and a fixed one for codes that have none there. */
    private static String reason(int status) {
        return switch (status) {
            case 400 -> "Bad Request";
            case 401 -> "Unauthorized";
            case 402 -> "Payment Required";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 406 -> "Not Acceptable";
            case 408 -> "Request Timeout";
            case 409 -> "Conflict";
            case 410 -> "Gone";
            case 411 -> "Length Required";
            case 412 -> "Precondition Failed";
            case 413 -> "Content Too Large";
            case 414 -> "URI Too Long";
            case 415 -> "Unsupported Media Type";
            case 422 -> "Unprocessable Content";
            case 428 -> "Precondition Required";
            case 429 -> "Too Many Requests";
            case 431 -> "Request Header Fields Too Large";
            case 500 -> "Internal Server Error";
            case 501 -> "Not Implemented";
            case 502 -> "Bad Gateway";
            case 503 -> "Service Unavailable";
            case 504 -> "Gateway Timeout";
            case 505 -> "HTTP Version Not Supported";
            default -> status < 500 ? "Client Error" : "Server Error";
        };
    }
}
