package io.tollgate.micrometer;

import io.tollgate.api.http.HttpRequestHead;
import java.net.InetAddress;
import java.net.URI;
import java.util.List;

/** Request heads of a client on this machine. */
final class Heads {
    private Heads() {}

    static HttpRequestHead of(String method, String target) {
        return HttpRequestHead.of(method, URI.create(target), InetAddress.getLoopbackAddress(), name -> null);
    }

    /** {@code GET /}, with this header alone. */
    static HttpRequestHead with(String header, String value) {
        return HttpRequestHead.of(
                "GET",
                URI.create("/"),
                InetAddress.getLoopbackAddress(),
                name -> name.equalsIgnoreCase(header) ? List.of(value) : null);
    }
}
