package io.tollgate.grpc.server;

import io.tollgate.api.CallContext;
import io.tollgate.api.http.HttpRequestHead;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/** The ids of calls: the client's {@code x-request-id} if it is valid, else a random one. */
final class RequestIds {
    static final String HEADER = "x-request-id";

    private RequestIds() {}

    static String of(HttpRequestHead head) {
        List<String> given = head.headers(HEADER);
        if (given.size() == 1 && CallContext.isRequestId(given.get(0))) {
            return given.get(0);
        }
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return new UUID(random.nextLong(), random.nextLong()).toString();
    }
}
