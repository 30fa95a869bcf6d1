package io.tollgate.servlet;

import io.tollgate.api.http.AddressRange;
import io.tollgate.api.http.HttpRequestHead;
import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The head of a servlet request, with its path as the client sent it. */
final class ServletHead implements HttpRequestHead {
    /** The peer of a connection without an IP address, such as a Unix socket: no proxy that is trusted by mistake. */
    private static final InetAddress UNKNOWN = unknown();

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
        this.peer = address(request.getRemoteAddr());
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

    /** Parses an address as containers write it: IPv6 with or without brackets and a zone. */
    static InetAddress address(@Nullable String text) {
        if (text == null) {
            return UNKNOWN;
        }
        String literal = text.startsWith("[") && text.endsWith("]") ? text.substring(1, text.length() - 1) : text;
        int zone = literal.indexOf('%');
        return AddressRange.parseAddress(zone < 0 ? literal : literal.substring(0, zone))
                .orElse(UNKNOWN);
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
        return "ServletHead[" + method + " " + path + "]";
    }
}
