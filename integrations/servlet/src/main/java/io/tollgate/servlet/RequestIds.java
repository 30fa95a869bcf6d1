package io.tollgate.servlet;

import io.tollgate.api.CallContext;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Enumeration;
import java.util.UUID;

/** The ids of requests: the client's {@code X-Request-ID} if it is valid, else a fresh one. */
final class RequestIds {
    static final String HEADER = "X-Request-ID";
    static final String ATTRIBUTE = "io.tollgate.servlet.requestId";

    private RequestIds() {}

    /** Returns the id of a request, the same for all filters. */
    static String of(HttpServletRequest request) {
        if (request.getAttribute(ATTRIBUTE) instanceof String known) {
            return known;
        }
        String id = given(request);
        request.setAttribute(ATTRIBUTE, id);
        return id;
    }

    private static String given(HttpServletRequest request) {
        Enumeration<String> given = request.getHeaders(HEADER);
        if (given != null && given.hasMoreElements()) {
            String first = given.nextElement();
            if (!given.hasMoreElements() && CallContext.isRequestId(first)) {
                return first;
            }
        }
        return UUID.randomUUID().toString();
    }
}
