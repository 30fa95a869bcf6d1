package io.tollgate.runner;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;

/** The URLs to type into a browser. */
final class GatewayUrls {
    private GatewayUrls() {}

    /** For example {@code https://localhost:8443}; without a slash at the end. */
    static URI of(InetSocketAddress listening, boolean tls) {
        InetAddress address = listening.getAddress();
        String literal = address.getHostAddress();
        boolean local = address.isAnyLocalAddress() || literal.equals("127.0.0.1");
        String host = local ? "localhost" : literal.indexOf(':') < 0 ? literal : "[" + literal + "]";
        return URI.create((tls ? "https" : "http") + "://" + host + ":" + listening.getPort());
    }
}
