package io.tollgate.spring.boot;

import io.tollgate.api.http.AddressRange;
import io.tollgate.api.http.HttpRequestHead;
import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** The head of a servlet request, with its path within the application. */
final class ServletHead implements HttpRequestHead {
    private final HttpServletRequest request;
    private final String method;
    private final String path;
    private final InetAddress peer;

    ServletHead(HttpServletRequest request) {
        this.request = request;
        this.method = request.getMethod();
        this.path = request.getRequestURI().substring(request.getContextPath().length());
        this.peer = AddressRange.parseAddress(request.getRemoteAddr()).orElseGet(InetAddress::getLoopbackAddress);
    }

    @Override
    public String method() {
        return method;
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public Optional<String> query() {
        return Optional.ofNullable(request.getQueryString());
    }

    @Override
    public InetAddress peer() {
        return peer;
    }

    @Override
    public List<String> headers(String name) {
        return Collections.list(request.getHeaders(name));
    }
}
