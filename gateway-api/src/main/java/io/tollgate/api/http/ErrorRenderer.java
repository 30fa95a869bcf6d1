package io.tollgate.api.http;

import io.tollgate.api.GatewayException;

/**
 * Turns an error into a response: status, headers and the bytes of a JSON body, without a JSON library.
 *
 * <pre>{@code
 * ErrorRenderer errors = ErrorRenderer.negotiated();
 * HttpResponse response = errors.render(GatewayException.from(failure), head, requestId);
 * }</pre>
 *
 * <p>For an error body of another shape, implement it, for example as a lambda:
 *
 * <pre>{@code
 * ErrorRenderer plainText = (error, head, requestId) -> HttpResponse.of(
 *                 error.code().httpStatus(), "text/plain; charset=utf-8", error.getMessage().getBytes(UTF_8))
 *         .withHeaders(error.headers());
 * }</pre>
 *
 * <p>Implementations are thread-safe and must not block.
 */
@FunctionalInterface
public interface ErrorRenderer {
    /**
     * Renders an error. The response carries the {@linkplain GatewayException#headers headers} of the error.
     *
     * @param head the request, whose {@code Accept} may select the shape
     * @param requestId 1 to 128 visible ASCII characters
     */
    HttpResponse render(GatewayException error, HttpRequestHead head, String requestId);

    /** Returns a renderer of the error envelope: {@code error}, {@code code}, {@code message} and {@code details}. */
    static ErrorRenderer envelope() {
        return (error, head, requestId) -> response(error, "application/json", JsonText.bytes(error.body()));
    }

    /**
     * Returns a renderer of problem details (RFC 9457): {@code type}, {@code title}, {@code status}, {@code detail},
     * {@code instance} ({@code urn:request:} and the percent-encoded request id), and {@code code} and {@code details} as
     * extensions. {@code type} is {@code about:blank}, except for rate limits and overload, which have the types of the IETF
     * RateLimit draft (draft-ietf-httpapi-ratelimit-headers-10).
     */
    static ErrorRenderer problem() {
        return (error, head, requestId) ->
                response(error, "application/problem+json", JsonText.bytes(ProblemBody.of(error, requestId)));
    }

    /**
     * Returns a renderer of problem details if {@code Accept} prefers {@code application/problem+json}, and of the
     * error envelope otherwise; both with {@code Vary: Accept}.
     */
    static ErrorRenderer negotiated() {
        ErrorRenderer envelope = envelope();
        ErrorRenderer problem = problem();
        return (error, head, requestId) -> (Accepted.prefersProblem(head.headers("Accept")) ? problem : envelope)
                .render(error, head, requestId)
                .withHeader("Vary", "Accept");
    }

    private static HttpResponse response(GatewayException error, String contentType, byte[] body) {
        return HttpResponse.of(error.code().httpStatus(), contentType, body).withHeaders(error.headers());
    }
}
