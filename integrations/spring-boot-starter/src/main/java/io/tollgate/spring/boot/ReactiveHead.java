package io.tollgate.spring.boot;

import io.tollgate.api.http.AddressRange;
import io.tollgate.api.http.HttpRequestHead;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;

/** The head of a reactive request. */
record ReactiveHead(ServerHttpRequest request) implements HttpRequestHead {
    /** The peer of a connection without an IP address, such as a Unix socket: no proxy that is trusted by mistake. */
    private static final InetAddress UNKNOWN = unknown();

    @Override
    public String method() {
        return request.getMethod().name();
    }

    @Override
    public String path() {
        return request.getPath().value();
    }

    @Override
    public Optional<String> query() {
        return Optional.ofNullable(request.getURI().getRawQuery());
    }

    @Override
    public InetAddress peer() {
        return address(request.getRemoteAddress());
    }

    /** Returns the address; parsed if Spring took it from a header, since it is unresolved then. */
    static InetAddress address(@Nullable InetSocketAddress socket) {
        if (socket == null) {
            return UNKNOWN;
        }
        if (socket.getAddress() != null) {
            return socket.getAddress();
        }
        String host = socket.getHostString();
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        return AddressRange.parseAddress(bracketed ? host.substring(1, host.length() - 1) : host)
                .orElse(UNKNOWN);
    }

    /**
     * {@inheritDoc} Only methods of {@link HttpHeaders} that Spring 6 and 7 have in common are used: in 7, it is no map any
     * more.
     */
    @Override
    public List<String> headers(String name) {
        HttpHeaders headers = request.getHeaders();
        String first = headers.getFirst(name);
        if (first == null) {
            return List.of();
        }
        List<String> values = new ArrayList<>(1);
        headers.forEach((header, lines) -> {
            if (header.equalsIgnoreCase(name)) {
                values.addAll(lines);
            }
        });
        return values;
    }

    @Override
    public Optional<String> header(String name) {
        return Optional.ofNullable(request.getHeaders().getFirst(name));
    }

    private static InetAddress unknown() {
        try {
            return InetAddress.getByAddress(new byte[4]);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns the method and the path; a query may contain secrets. */
    @Override
    public String toString() {
        return "ReactiveHead[" + method() + " " + path() + "]";
    }
}
