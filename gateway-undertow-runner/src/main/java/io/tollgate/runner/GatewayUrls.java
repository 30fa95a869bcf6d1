package io.tollgate.runner;

import java.net.InetAddress;
import java.net.InetSocketAddress;

/** The URLs to type into a browser. */
public final class GatewayUrls {
    private GatewayUrls() {}

    /** For example {@code http://localhost:8080}; without a slash at the end. */
    public static String of(InetSocketAddress listening) {
        return of(listening, false);
    }

    /** For example {@code https://localhost:8443} with TLS; without a slash at the end. */
    public static String of(InetSocketAddress listening, boolean tls) {
        InetAddress address = listening.getAddress();
        boolean local = address.isAnyLocalAddress() || address.isLoopbackAddress();
        String literal = address.getHostAddress();
        String host = local ? "localhost" : literal.indexOf(':') < 0 ? literal : "[" + literal + "]";
        return (tls ? "https" : "http") + "://" + host + ":" + listening.getPort();
    }
}
