package io.tollgate.servlet;

import io.tollgate.api.http.HttpResponse;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Writes complete responses. */
final class ResponseWriter {
    private ResponseWriter() {}

    /** Writes the response of an error, which has bytes and no stream; without its body to {@code HEAD}. */
    static void write(HttpResponse error, String method, HttpServletResponse response) throws IOException {
        if (error.stream().isPresent()) {
            throw new IllegalStateException("errors: rendered a stream (expected: bytes)");
        }
        if (response.isCommitted()) {
            return; // Rejected in an earlier dispatch.
        }
        response.resetBuffer();
        response.setStatus(error.status());
        error.forEachHeader(response::setHeader);
        byte[] body = error.bytes();
        response.setContentLength(body.length);
        if (!method.equals("HEAD")) {
            response.getOutputStream().write(body);
        }
    }
}
