package io.tollgate.runner.http;

import io.tollgate.api.CallContext;
import io.tollgate.api.http.HttpResponse;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/** Keeps the client's {@code X-Request-Id} if it is valid, else gives the request a fresh one. */
public final class RequestIds implements Filter {
    static final String HEADER = "X-Request-Id";

    /** Random bytes by the page: with 16 at a time all threads would wait for one generator. */
    private static final int PAGE = 4096;

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final ThreadLocal<ByteBuffer> BYTES =
            ThreadLocal.withInitial(() -> ByteBuffer.allocate(PAGE).limit(0));

    @Override
    public CompletionStage<HttpResponse> apply(Request request, Endpoint next) {
        List<String> given = request.headers(HEADER);
        String id = given.size() == 1 && CallContext.isRequestId(given.get(0)) ? given.get(0) : fresh();
        request.exchange().owe(HEADER, id);
        return next.handle(request.withId(id));
    }

    /** A random UUID (RFC 9562, version 4). */
    public static String fresh() {
        ByteBuffer bytes = BYTES.get();
        if (bytes.remaining() < 16) {
            byte[] page = new byte[PAGE];
            RANDOM.nextBytes(page);
            bytes.clear().put(page).flip();
        }
        long high = (bytes.getLong() & 0xffffffffffff0fffL) | 0x4000L;
        long low = (bytes.getLong() & 0x3fffffffffffffffL) | 0x8000000000000000L;
        return new UUID(high, low).toString();
    }
}
