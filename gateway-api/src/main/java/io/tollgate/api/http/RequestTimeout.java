package io.tollgate.api.http;

import io.tollgate.api.CallContext;
import io.tollgate.api.CommonError;
import io.tollgate.api.FieldViolation;
import io.tollgate.api.GatewayException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The time that a client gives a request: {@code X-Request-Timeout}, in seconds ({@code 2}, {@code 0.25}), or {@code grpc-timeout}
 * (gRPC over HTTP/2: one to eight digits and a unit, {@code 250m}); the shorter if it sends both.
 *
 * <pre>{@code
 * CallContext context = RequestTimeout.limit(CallContext.of(requestId), head, arrivedNanos);
 * CompletionStage<Session> session = users.login(credentials, context);
 * }</pre>
 *
 * <p>It shortens the time that the server gives, and never lengthens it. With a time of zero, or one that is too short, the response
 * is {@code REQUEST_TIMEOUT}, and no service is called.
 */
public final class RequestTimeout {
    /** The header with a number of seconds. */
    public static final String HEADER = "X-Request-Timeout";

    /** The header of gRPC. */
    public static final String GRPC_HEADER = "grpc-timeout";

    private static final String SECONDS = "must be one header with a number of seconds, such as 2 or 0.25";
    private static final String GRPC = "must be one header of 1 to 8 digits and a unit: H, M, S, m, u or n";
    private static final int MAX_LENGTH = 32;
    /** 31 years: more is as good as no deadline, and its nanoseconds would not fit. */
    private static final long MAX_SECONDS = 1_000_000_000;

    private RequestTimeout() {}

    /**
     * Returns the time that the client gives, zero or more; empty if it gives none.
     *
     * @throws GatewayException of {@code INVALID_REQUEST}, with a violation that names the header, if it has more than one line or
     *     another form: a sign, an exponent, a unit, more than 32 characters
     */
    public static Optional<Duration> of(HttpRequestHead head) {
        List<String> seconds = head.headers(HEADER);
        List<String> grpc = head.headers(GRPC_HEADER);
        if (seconds.isEmpty() && grpc.isEmpty()) {
            return Optional.empty();
        }
        Duration given = seconds.isEmpty() ? null : seconds(seconds);
        Duration ofGrpc = grpc.isEmpty() ? null : grpc(grpc);
        return Optional.ofNullable(shorter(given, ofGrpc));
    }

    /**
     * Returns {@code context} with the deadline that the client asks for; the same context if it asks for none, or for a later one.
     *
     * @param arrivedNanos the reading of {@link System#nanoTime()} at which the head of the request had arrived
     * @throws GatewayException like {@link #of}
     */
    public static CallContext limit(CallContext context, HttpRequestHead head, long arrivedNanos) {
        Duration given = of(head).orElse(null);
        return given == null ? context : context.withClientDeadlineNanos(arrivedNanos + nanos(given));
    }

    /**
     * Returns a time in nanoseconds that can be added to a reading of {@link System#nanoTime()}: 31 years for any longer one.
     *
     * @param time zero or more
     */
    public static long nanos(Duration time) {
        return time.toSeconds() < MAX_SECONDS
                ? time.toNanos()
                : Duration.ofSeconds(MAX_SECONDS).toNanos();
    }

    private static @Nullable Duration shorter(@Nullable Duration one, @Nullable Duration other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return one.compareTo(other) <= 0 ? one : other;
    }

    private static Duration seconds(List<String> lines) {
        String text = only(lines, HEADER, SECONDS);
        int point = text.indexOf('.');
        int end = point < 0 ? text.length() : point;
        if (text.length() > MAX_LENGTH || end == 0 || point == text.length() - 1) {
            throw malformed(HEADER, SECONDS);
        }
        long whole = 0;
        for (int i = 0; i < end; i++) {
            whole = Math.min(MAX_SECONDS, whole * 10 + digit(text.charAt(i), HEADER, SECONDS));
        }
        long nanos = 0;
        long unit = 100_000_000;
        for (int i = end + 1; i < text.length(); i++) {
            nanos += unit * digit(text.charAt(i), HEADER, SECONDS);
            unit /= 10; // Zero after nine digits: less than a nanosecond does not count.
        }
        return Duration.ofSeconds(whole, nanos);
    }

    private static Duration grpc(List<String> lines) {
        String text = only(lines, GRPC_HEADER, GRPC);
        int digits = text.length() - 1;
        if (digits < 1 || digits > 8) {
            throw malformed(GRPC_HEADER, GRPC);
        }
        long value = 0;
        for (int i = 0; i < digits; i++) {
            value = value * 10 + digit(text.charAt(i), GRPC_HEADER, GRPC);
        }
        return switch (text.charAt(digits)) {
            case 'H' -> Duration.ofHours(value);
            case 'M' -> Duration.ofMinutes(value);
            case 'S' -> Duration.ofSeconds(value);
            case 'm' -> Duration.ofMillis(value);
            case 'u' -> Duration.ofNanos(value * 1_000);
            case 'n' -> Duration.ofNanos(value);
            default -> throw malformed(GRPC_HEADER, GRPC);
        };
    }

    private static String only(List<String> lines, String header, String expected) {
        if (lines.size() != 1) {
            throw malformed(header, expected);
        }
        return lines.get(0);
    }

    private static int digit(char c, String header, String expected) {
        if (c < '0' || c > '9') {
            throw malformed(header, expected);
        }
        return c - '0';
    }

    private static GatewayException malformed(String header, String expected) {
        return GatewayException.builder(CommonError.INVALID_REQUEST, "The " + header + " is not valid.")
                .violations(List.of(new FieldViolation(header, "INVALID_HEADER", expected)))
                .build();
    }
}
