package io.tollgate.spring.boot;

import io.tollgate.api.CallContext;
import io.tollgate.api.http.HttpRequestHead;
import java.util.List;
import java.util.UUID;

/** Ids of requests: that of the client if it is valid, else a new one. */
final class RequestIds {
    static final String HEADER = "X-Request-Id";

    private RequestIds() {}

    static String of(HttpRequestHead head) {
        List<String> given = head.headers(HEADER);
        return given.size() == 1 && CallContext.isRequestId(given.get(0))
                ? given.get(0)
                : UUID.randomUUID().toString();
    }
}
