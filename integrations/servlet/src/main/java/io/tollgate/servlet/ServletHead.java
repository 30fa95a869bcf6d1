package io.tollgate.servlet;

import io.tollgate.api.http.ClientAddresses;
import io.tollgate.api.http.HttpRequestHead;
import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Optional;

/** The head of a servlet request, with its path as the client sent it. */
final class ServletHead implements HttpRequestHead {
    private final HttpServletRequest request;
    private final String method;
    private final String path;
    private final InetAddress peer;
    /** After its end, the container uses the object for another request. */
    private volatile boolean ended;

    ServletHead(HttpServletRequest request) {
        this.request = request;
        this.method = request.getMethod();
        this.path = request.getRequestURI();
        this.peer = ClientAddresses.peer(request.getRemoteAddr());
    }

    /** Forgets the headers: the container is about to recycle the request. */
    void end() {
        ended = true;
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
        return ended ? Optional.empty() : Optional.ofNullable(request.getQueryString());
    }

    @Override
    public InetAddress peer() {
        return peer;
    }

    @Override
    public Optional<String> header(String name) {
        return ended ? Optional.empty() : Optional.ofNullable(request.getHeader(name));
    }

    @Override
    public List<String> headers(String name) {
        Enumeration<String> values = ended ? Collections.emptyEnumeration() : request.getHeaders(name);
        return values == null || !values.hasMoreElements() ? List.of() : Collections.list(values);
    }

    /** Returns the method and the path; a query may contain secrets. */
    @Override
    public String toString() {
        return "ServletHead[" + method + " " + path + "]";
    }
}
