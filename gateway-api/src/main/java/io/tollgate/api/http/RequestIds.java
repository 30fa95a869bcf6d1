package io.tollgate.api.http;

import io.tollgate.api.CallContext;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The ids of requests: that of the client if it is valid, else a random one. The response carries it in {@link #HEADER}, and so do
 * log lines and calls to services ({@link CallContext#requestId}).
 *
 * <pre>{@code
 * String requestId = RequestIds.of(head);
 * exchange.getResponseHeaders().set(RequestIds.HEADER, requestId);
 * }</pre>
 */
public final class RequestIds {
    /** The header in which a client may send an id, and a response carries it. */
    public static final String HEADER = "X-Request-Id";

    private static final int BYTES = 16;
    private static final SecureRandom RANDOM = new SecureRandom();

    private static volatile Page page = Page.create();

    private RequestIds() {}

    /**
     * Returns the id that the client sent, if there is exactly one {@code X-Request-Id} of 1 to 128 visible ASCII characters, else
     * a {@linkplain #random random} one. Call it once for each request: another call may return another id.
     */
    public static String of(HttpRequestHead head) {
        List<String> given = head.headers(HEADER);
        return given.size() == 1 && CallContext.isRequestId(given.get(0)) ? given.get(0) : random();
    }

    /** Returns a random UUID (RFC 9562, version 4) of a secure generator, at less cost than {@link UUID#randomUUID}. */
    public static String random() {
        Page current = page;
        int at = current.next();
        while (at < 0) {
            current = unused();
            at = current.next();
        }
        long high = (current.bytes.getLong(at) & 0xffffffffffff0fffL) | 0x4000L;
        long low = (current.bytes.getLong(at + 8) & 0x3fffffffffffffffL) | 0x8000000000000000L;
        return new UUID(high, low).toString();
    }

    private static synchronized Page unused() {
        Page latest = page;
        if (latest.isUsed()) { // Another thread may have replaced it meanwhile.
            latest = Page.create();
            page = latest;
        }
        return latest;
    }

    /**
     * Random bytes for many ids: with 16 at a time, all threads would wait for one generator. All threads share the page, since
     * one for each would cost more than it saves with virtual threads, which make one id in their life.
     */
    private static final class Page {
        private static final int SIZE = 4096;

        final ByteBuffer bytes;
        private final AtomicInteger used = new AtomicInteger();

        private Page(ByteBuffer bytes) {
            this.bytes = bytes;
        }

        static Page create() {
            byte[] bytes = new byte[SIZE];
            RANDOM.nextBytes(bytes);
            return new Page(ByteBuffer.wrap(bytes));
        }

        /** Returns where the bytes of the next id begin; -1 if all are used. */
        int next() {
            int at = isUsed() ? SIZE : used.getAndAdd(BYTES); // Not counted further, lest the counter overflow.
            return at < SIZE ? at : -1;
        }

        boolean isUsed() {
            return used.get() >= SIZE;
        }
    }
}
