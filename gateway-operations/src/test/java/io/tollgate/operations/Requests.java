package io.tollgate.operations;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tollgate.api.http.HttpResponse;
import io.tollgate.testkit.TestRequest;
import java.util.List;

/** Requests of a client on this machine, for {@code localhost} unless the test says otherwise. */
final class Requests {
    private Requests() {}

    static TestRequest get(String path, String... headers) {
        return of("GET", path, headers);
    }

    /** Headers are name, value, name, value. */
    static TestRequest of(String method, String path, String... headers) {
        TestRequest request = TestRequest.of(method, path).withPeer("127.0.0.1");
        for (int i = 0; i < headers.length; i += 2) {
            request = request.withHeader(headers[i], headers[i + 1]);
        }
        return List.of(headers).contains("Host") ? request : request.withHeader("Host", "localhost:9090");
    }

    static String text(HttpResponse response) {
        return new String(response.bytes(), UTF_8);
    }
}
