package io.tollgate.examples.benchmarks.load;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The request of a scenario. Successive requests differ in their token only.
 *
 * @param method such as {@code POST}
 * @param path such as {@code /health}
 * @param body JSON, or empty for none
 * @param tokens the bearer tokens to send, one after the other; empty for none
 * @param expectedStatus any other is an error
 */
public record RequestSpec(String method, String path, String body, Optional<TokenFile> tokens, int expectedStatus) {
    private static final String JSON = "Content-Type: application/json\r\n";

    /** Returns the bytes of a request before its token, or the whole of one that has none. */
    public String head(int port) {
        String start = method + " " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\n";
        return tokens.isPresent() ? start + "Authorization: Bearer " : start + rest();
    }

    /** Returns the bytes after the token; empty for a request without one. */
    public String tail() {
        return tokens.isPresent() ? "\r\n" + rest() : "";
    }

    private String rest() {
        boolean hasBody = !body.isEmpty();
        String length = hasBody || !method.equals("GET")
                ? "Content-Length: " + body.getBytes(StandardCharsets.UTF_8).length + "\r\n"
                : "";
        return length + (hasBody ? JSON : "") + "\r\n" + body;
    }
}
