package io.tollgate.api;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The part of a request that travels with its calls to services: the request id, the headers to propagate (such as W3C
 * {@code traceparent}), the deadline, and the cancellation if the client leaves.
 *
 * <pre>{@code
 * CallContext context = CallContext.of(requestId).withTimeout(Duration.ofSeconds(2));
 * CompletionStage<Session> session = users.login(credentials, context);
 * }</pre>
 *
 * <p>Immutable and thread-safe; each {@code with} method returns a changed copy.
 */
public final class CallContext {
    private final String requestId;
    private final Map<String, String> propagation;
    private final boolean hasDeadline;
    private final long deadlineNanos;
    private final boolean ofClient;
    private final @Nullable Cancellation cancellation;

    private CallContext(
            String requestId,
            Map<String, String> propagation,
            boolean hasDeadline,
            long deadlineNanos,
            boolean ofClient,
            @Nullable Cancellation cancellation) {
        this.requestId = requestId;
        this.propagation = propagation;
        this.hasDeadline = hasDeadline;
        this.deadlineNanos = deadlineNanos;
        this.ofClient = ofClient;
        this.cancellation = cancellation;
    }

    /** Returns a context with a random request id, without a deadline and without cancellation. */
    public static CallContext create() {
        return of(UUID.randomUUID().toString());
    }

    /**
     * Returns a context without a deadline and without cancellation.
     *
     * @param requestId 1 to 128 visible ASCII characters
     */
    public static CallContext of(String requestId) {
        if (!isRequestId(requestId)) {
            throw new IllegalArgumentException("requestId: (expected: 1 to 128 visible ASCII characters)");
        }
        return new CallContext(requestId, Map.of(), false, 0, false, null);
    }

    /** Returns whether {@code candidate} can be a request id: 1 to 128 visible ASCII characters (0x21 to 0x7E). */
    public static boolean isRequestId(String candidate) {
        int length = candidate.length();
        if (length == 0 || length > 128) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            char c = candidate.charAt(i);
            if (c <= ' ' || c > '~') {
                return false;
            }
        }
        return true;
    }

    /**
     * Returns a copy with a header for the upstream. The name is lower-cased; an earlier value of that name is
     * replaced.
     */
    public CallContext withPropagation(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(propagation);
        more.put(requireNonNull(name, "name").toLowerCase(Locale.ROOT), requireNonNull(value, "value"));
        return new CallContext(
                requestId, Collections.unmodifiableMap(more), hasDeadline, deadlineNanos, ofClient, cancellation);
    }

    /** Returns a copy whose deadline is {@code timeout} from now; an earlier deadline stays. */
    public CallContext withTimeout(Duration timeout) {
        return withDeadlineNanos(System.nanoTime() + saturatedNanos(timeout));
    }

    /**
     * Returns a copy with a deadline, as a reading of {@link System#nanoTime()}; an earlier deadline stays.
     *
     * @param deadline less than 146 years from now
     */
    public CallContext withDeadlineNanos(long deadline) {
        return withDeadline(deadline, false);
    }

    /**
     * Returns a copy with a deadline that the client asked for, as a reading of {@link System#nanoTime()}; an earlier deadline
     * stays. A service that does not respond until then is not at fault: no circuit breaker counts it.
     *
     * @param deadline less than 146 years from now
     * @see io.tollgate.api.http.RequestTimeout
     */
    public CallContext withClientDeadlineNanos(long deadline) {
        return withDeadline(deadline, true);
    }

    private CallContext withDeadline(long deadline, boolean client) {
        return hasDeadline && deadlineNanos - deadline <= 0
                ? this
                : new CallContext(requestId, propagation, true, deadline, client, cancellation);
    }

    /** Returns a copy without a deadline, for a stream that goes on after the response has begun. */
    public CallContext withoutDeadline() {
        return hasDeadline ? new CallContext(requestId, propagation, false, 0, false, cancellation) : this;
    }

    /** Returns a copy that is cancelled when {@code source} is. */
    public CallContext withCancellation(Cancellation source) {
        return new CallContext(
                requestId, propagation, hasDeadline, deadlineNanos, ofClient, requireNonNull(source, "source"));
    }

    /** Returns the request id, 1 to 128 visible ASCII characters. */
    public String requestId() {
        return requestId;
    }

    /**
     * Returns the headers for the upstream, apart from the request id, such as {@code traceparent}. Names are
     * lower-case. Unmodifiable.
     */
    public Map<String, String> propagation() {
        return propagation;
    }

    /** Returns the deadline as a reading of {@link System#nanoTime()}, if there is one. */
    public OptionalLong deadlineNanos() {
        return hasDeadline ? OptionalLong.of(deadlineNanos) : OptionalLong.empty();
    }

    /** Returns whether the deadline, if there is one, is that of the {@linkplain #withClientDeadlineNanos client}. */
    public boolean hasClientDeadline() {
        return ofClient;
    }

    /** Returns the time until the deadline, zero if it has passed; empty without a deadline. */
    public Optional<Duration> remaining() {
        return hasDeadline
                ? Optional.of(Duration.ofNanos(Math.max(0, deadlineNanos - System.nanoTime())))
                : Optional.empty();
    }

    /** Returns whether the request is cancelled, so that its result is not needed any more. */
    public boolean isCancelled() {
        return cancellation != null && cancellation.isCancelled();
    }

    /**
     * Returns {@code REQUEST_TIMEOUT}, the error of work that should not start, if the request is cancelled or its deadline has
     * passed; empty otherwise.
     */
    public Optional<GatewayException> ended() {
        return isCancelled() || (hasDeadline && deadlineNanos - System.nanoTime() <= 0)
                ? Optional.of(timeout())
                : Optional.empty();
    }

    /** Returns {@code REQUEST_TIMEOUT}, the error of a request whose deadline has passed. */
    public static GatewayException timeout() {
        return GatewayException.of(
                CommonError.REQUEST_TIMEOUT, "The request got no response in time. Please try again later.");
    }

    /**
     * Runs {@code listener} when the request is cancelled; at once if it already is. The listener runs on the thread
     * that cancels, and must not block.
     *
     * @return removes the listener; close it when the work that the listener would stop is done
     */
    public Registration onCancel(Runnable listener) {
        return cancellation == null ? Registration.NONE : cancellation.onCancel(listener);
    }

    @Override
    public String toString() {
        return "CallContext[requestId=" + requestId
                + remaining().map(d -> ", remaining=" + d).orElse("")
                + (isCancelled() ? ", cancelled" : "") + "]";
    }

    private static long saturatedNanos(Duration timeout) {
        try {
            return Math.min(requireNonNull(timeout, "timeout").toNanos(), Long.MAX_VALUE / 2);
        } catch (ArithmeticException e) {
            return timeout.isNegative() ? 0 : Long.MAX_VALUE / 2;
        }
    }

    /** A listener that can be removed. */
    @FunctionalInterface
    public interface Registration extends AutoCloseable {
        /** A registration without a listener. */
        Registration NONE = () -> {};

        /** Removes the listener. Does nothing if it is already removed or has run. */
        @Override
        void close();
    }
}
