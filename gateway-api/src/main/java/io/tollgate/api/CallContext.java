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
 * What travels with one request to the services behind the gateway: its id, the headers to propagate (such as W3C
 * {@code traceparent}), the time by which it must be answered, and whether its client is still there.
 *
 * <p>Immutable and thread-safe; each {@code with} method answers a changed copy.
 */
public final class CallContext {
    private final String requestId;
    private final Map<String, String> propagation;
    private final boolean hasDeadline;
    private final long deadlineNanos;
    private final @Nullable Cancellation cancellation;

    private CallContext(
            String requestId,
            Map<String, String> propagation,
            boolean hasDeadline,
            long deadlineNanos,
            @Nullable Cancellation cancellation) {
        this.requestId = requestId;
        this.propagation = propagation;
        this.hasDeadline = hasDeadline;
        this.deadlineNanos = deadlineNanos;
        this.cancellation = cancellation;
    }

    /** A context with a random request id, no deadline, and nobody to cancel it. */
    public static CallContext create() {
        return of(UUID.randomUUID().toString());
    }

    /**
     * A context with no deadline, and nobody to cancel it.
     *
     * @param requestId 1 to 128 visible ASCII characters
     */
    public static CallContext of(String requestId) {
        if (!isRequestId(requestId)) {
            throw new IllegalArgumentException("requestId: (expected: 1 to 128 visible ASCII characters)");
        }
        return new CallContext(requestId, Map.of(), false, 0, null);
    }

    /** Whether {@code candidate} can be a request id: 1 to 128 visible ASCII characters (0x21 to 0x7E). */
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

    /** Adds a header for the upstream; the name is lower-cased, an earlier value of that name is replaced. */
    public CallContext withPropagation(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(propagation);
        more.put(requireNonNull(name, "name").toLowerCase(Locale.ROOT), requireNonNull(value, "value"));
        return new CallContext(requestId, Collections.unmodifiableMap(more), hasDeadline, deadlineNanos, cancellation);
    }

    /** Asks for an answer within {@code timeout} from now; an earlier deadline stays. */
    public CallContext withTimeout(Duration timeout) {
        return withDeadlineNanos(System.nanoTime() + saturatedNanos(timeout));
    }

    /**
     * Asks for an answer before {@link System#nanoTime()} reaches {@code deadline}; an earlier deadline stays.
     *
     * @param deadline a reading of {@code System.nanoTime()}, less than 146 years from now
     */
    public CallContext withDeadlineNanos(long deadline) {
        if (hasDeadline && deadlineNanos - deadline <= 0) {
            return this;
        }
        return new CallContext(requestId, propagation, true, deadline, cancellation);
    }

    /** Lets the owner of {@code source} cancel what is done on behalf of this context. */
    public CallContext withCancellation(Cancellation source) {
        return new CallContext(requestId, propagation, hasDeadline, deadlineNanos, requireNonNull(source, "source"));
    }

    /** The request's id, 1 to 128 visible ASCII characters. */
    public String requestId() {
        return requestId;
    }

    /** Headers for the upstream beside the request id, such as {@code traceparent}; lower-case names, unmodifiable. */
    public Map<String, String> propagation() {
        return propagation;
    }

    /** The {@link System#nanoTime()} by which the answer is wanted, if there is such a time. */
    public OptionalLong deadlineNanos() {
        return hasDeadline ? OptionalLong.of(deadlineNanos) : OptionalLong.empty();
    }

    /** How long the answer may take from now, zero when that time has passed; empty without a deadline. */
    public Optional<Duration> remaining() {
        return hasDeadline
                ? Optional.of(Duration.ofNanos(Math.max(0, deadlineNanos - System.nanoTime())))
                : Optional.empty();
    }

    /** Whether nobody waits for the answer any more. */
    public boolean isCancelled() {
        return cancellation != null && cancellation.isCancelled();
    }

    /**
     * Runs {@code listener} when the request is cancelled, at once if it already is. It runs on the thread that cancels
     * and must not block.
     *
     * @return takes the listener off again; to be closed when the work it would stop is done
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

    /** A listener that can be taken off. */
    @FunctionalInterface
    public interface Registration extends AutoCloseable {
        /** Nothing was registered. */
        Registration NONE = () -> {};

        /** Takes the listener off; does nothing the second time, or after the cancellation. */
        @Override
        void close();
    }
}
