package io.tollgate.api;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The one exception that crosses module borders: an {@link ErrorCode}, a message that a client may read, and the
 * details and headers of the response.
 *
 * <p>{@link #getMessage()}, {@link #details()} and {@link #headers()} are for the client; {@link #getCause()} is for
 * the operator only. Serializable, and immutable apart from what {@link Throwable} lets callers add. Only an {@link
 * ErrorType#INTERNAL_ERROR} has a stack trace; errors of other types are expected outcomes.
 *
 * <p>Any server can turn it into a response, without a JSON library:
 *
 * <pre>{@code
 * HttpResponse error = ErrorRenderer.envelope().render(GatewayException.from(failure), head, requestId);
 * response.setStatus(error.status());
 * error.forEachHeader(response::setHeader);
 * response.getOutputStream().write(error.bytes());
 * }</pre>
 */
public final class GatewayException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final Map<String, Object> details;
    private final Map<String, String> headers;
    private final List<FieldViolation> violations;
    private final @Nullable Duration retryAfter;
    private final @Nullable Problem problem;

    private GatewayException(Builder builder) {
        super(builder.message, builder.cause, true, builder.code.type() == ErrorType.INTERNAL_ERROR);
        this.code = builder.code;
        this.violations = List.copyOf(builder.violations);
        this.retryAfter = builder.retryAfter;
        this.details = details(builder, violations);
        this.headers = headers(builder);
        this.problem = builder.problem;
    }

    /** Returns an error with a code and a message that the client may read. */
    public static GatewayException of(ErrorCode code, String message) {
        return builder(code, message).build();
    }

    /** Returns a builder of an error with a message that the client may read. */
    public static Builder builder(ErrorCode code, String message) {
        return new Builder(code, message);
    }

    /**
     * Returns the {@code GatewayException} in {@code failure}, looking through {@link CompletionException} and {@link
     * ExecutionException}. Any other failure becomes {@link CommonError#INTERNAL_SERVER_ERROR} with a fixed message and
     * {@code failure} as its cause.
     */
    public static GatewayException from(Throwable failure) {
        Throwable t = requireNonNull(failure, "failure");
        while ((t instanceof CompletionException || t instanceof ExecutionException) && t.getCause() != null) {
            t = t.getCause();
        }
        if (t instanceof GatewayException e) {
            return e;
        }
        return builder(CommonError.INTERNAL_SERVER_ERROR, "The gateway failed to handle the request.")
                .cause(t)
                .build();
    }

    /** Returns a copy with another response header, and the same cause. */
    public GatewayException withHeader(String name, String value) {
        Builder copy = new Builder(code, getMessage()).violations(violations).header(name, value);
        details.forEach((key, detail) -> {
            if (violations.isEmpty() || !key.equals("violations")) {
                copy.detail(key, detail);
            }
        });
        headers.forEach(copy.headers::putIfAbsent);
        copy.retryAfter = retryAfter;
        copy.problem = problem;
        copy.cause = getCause();
        return copy.build();
    }

    /** Returns the code, which determines the {@link ErrorType} and the HTTP status. */
    public ErrorCode code() {
        return code;
    }

    /**
     * Returns the {@code details} of the error body, in order and with {@code violations}; empty if there are none.
     * Values are strings, numbers, booleans, and lists and maps of these. Unmodifiable.
     */
    public Map<String, Object> details() {
        return details;
    }

    /** Returns the fields that break a rule; empty unless the error is about fields of a request. Unmodifiable. */
    public List<FieldViolation> violations() {
        return violations;
    }

    /** Returns the time that the client should wait before it tries again, if it is known. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }

    /** Returns the problem type of the error, if it has its own (RFC 9457). */
    public Optional<Problem> problem() {
        return Optional.ofNullable(problem);
    }

    /**
     * Returns the headers that the response must carry, by their canonical names: {@code Retry-After} (RFC 9110,
     * section 10.2.3), {@code WWW-Authenticate}, {@code Allow}. Unmodifiable.
     */
    public Map<String, String> headers() {
        return headers;
    }

    /**
     * Returns the body of the error envelope, for a JSON library: {@code error}, {@code code}, {@code message} and, unless
     * empty, {@code details}.
     */
    public Map<String, Object> body() {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("error", code.type().name());
        body.put("code", code.name());
        body.put("message", getMessage());
        if (!details.isEmpty()) {
            body.put("details", details);
        }
        return body;
    }

    /** Returns the code and the message, which stack traces show. */
    @Override
    public String getLocalizedMessage() {
        return code.name() + ": " + getMessage();
    }

    private static Map<String, Object> details(Builder builder, List<FieldViolation> violations) {
        if (violations.isEmpty()) {
            return builder.details.isEmpty()
                    ? Map.of()
                    : Collections.unmodifiableMap(new LinkedHashMap<>(builder.details));
        }
        Map<String, Object> details = new LinkedHashMap<>(builder.details);
        List<Map<String, String>> rendered = new ArrayList<>(violations.size());
        for (FieldViolation v : violations) {
            Map<String, String> one = new LinkedHashMap<>();
            one.put("field", v.field());
            one.put("code", v.code());
            one.put("message", v.message());
            rendered.add(Collections.unmodifiableMap(one));
        }
        details.put("violations", Collections.unmodifiableList(rendered));
        return Collections.unmodifiableMap(details);
    }

    private static Map<String, String> headers(Builder builder) {
        if (builder.retryAfter == null && builder.headers.isEmpty()) {
            return Map.of();
        }
        Map<String, String> headers = new LinkedHashMap<>(builder.headers);
        if (builder.retryAfter != null) {
            headers.put("Retry-After", Long.toString(wholeSeconds(builder.retryAfter)));
        }
        return Collections.unmodifiableMap(headers);
    }

    /** Whole seconds, rounded up and at least 1: a client that waits this long has waited long enough. */
    private static long wholeSeconds(Duration duration) {
        long seconds = duration.getSeconds() + (duration.getNano() > 0 ? 1 : 0);
        return Math.max(1, seconds);
    }

    /** Builds a {@link GatewayException}. Not thread-safe. */
    public static final class Builder {
        private final ErrorCode code;
        private final String message;
        private final Map<String, Object> details = new LinkedHashMap<>();
        private final Map<String, String> headers = new LinkedHashMap<>();
        private final List<FieldViolation> violations = new ArrayList<>();
        private @Nullable Duration retryAfter;
        private @Nullable Throwable cause;
        private @Nullable Problem problem;

        private Builder(ErrorCode code, @Nullable String message) {
            this.code = requireNonNull(code, "code");
            this.message = requireNonNull(message, "message");
        }

        /**
         * Adds an entry to the details.
         *
         * @param value a string, number or boolean, or a list or map of these, which is copied
         */
        public Builder detail(String name, Object value) {
            details.put(requireNonNull(name, "name"), JsonValue.copy(requireNonNull(value, "value")));
            return this;
        }

        /** Adds fields that break a rule; they become {@code details.violations}. */
        public Builder violations(List<FieldViolation> more) {
            violations.addAll(requireNonNull(more, "more"));
            return this;
        }

        /**
         * Sets the time that the client should wait, rendered as {@code Retry-After} in whole seconds, rounded up, at
         * least 1.
         */
        public Builder retryAfter(Duration wait) {
            this.retryAfter = requireNonNull(wait, "wait");
            return this;
        }

        /** Adds a header that the response must carry. */
        public Builder header(String name, String value) {
            headers.put(requireNonNull(name, "name"), requireNonNull(value, "value"));
            return this;
        }

        /** Sets a problem type of its own for the error (RFC 9457); none by default. */
        public Builder problem(Problem type) {
            this.problem = requireNonNull(type, "type");
            return this;
        }

        /** Sets the cause, which is logged and never sent to the client. */
        public Builder cause(Throwable cause) {
            this.cause = requireNonNull(cause, "cause");
            return this;
        }

        /** Returns the error. */
        public GatewayException build() {
            return new GatewayException(this);
        }
    }
}
