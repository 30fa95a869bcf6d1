package io.tollgate.api.ratelimit;

import io.tollgate.api.ErrorCode;
import io.tollgate.api.Principal;
import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.util.Optional;

/**
 * The facts of a request that a {@link RateLimitPolicy} can use. Facts that a server does not have keep their defaults.
 */
public interface RateLimitContext {
    /** The moment in the life of a request at which a policy applies. */
    enum Phase {
        /** Route, headers, address and user are known; the body is not read. */
        REQUEST,
        /** The body is read and valid, and its {@linkplain RateLimitContext#attribute attributes} are known. */
        BODY,
        /** The response is known and about to be sent. Checks are charged and reject nothing. */
        OUTCOME
    }

    /** Returns the HTTP method, upper-case. */
    String method();

    /**
     * Returns the template of the matching route, such as {@code /api/v1/tickets/{event_id}/purchase}; empty if no
     * route matched.
     */
    Optional<String> route();

    /** Returns the client's address, resolved through trusted proxies. */
    InetAddress clientAddress();

    /**
     * Returns the bucket key of the client's address: {@code ip:192.0.2.1}, or for IPv6 the /64 prefix in the form of
     * RFC 5952, such as {@code ip:2001:db8:1:2::/64}. IPv4-mapped IPv6 is IPv4.
     */
    default String addressKey() {
        return addressKey(clientAddress());
    }

    /** Returns the {@linkplain #addressKey() bucket key} of an address. */
    static String addressKey(InetAddress address) {
        return AddressKey.of(address);
    }

    /**
     * Returns the user of the valid token that the request has; empty without one, or if the route reads no tokens.
     */
    Optional<Principal> principal();

    /** Returns the first value of a request header; names are case-insensitive. */
    Optional<String> header(String name);

    /**
     * Returns the certificate with which the client has authenticated itself, verified, in the TLS handshake of the connection;
     * empty without one. Behind a proxy that ends TLS it is that of the proxy.
     */
    default Optional<X509Certificate> clientCertificate() {
        return Optional.empty();
    }

    /** Returns the phase. */
    default Phase phase() {
        return Phase.REQUEST;
    }

    /** Returns the error of a token that was not accepted; empty if it was, or if the route reads no tokens. */
    default Optional<ErrorCode> tokenError() {
        return Optional.empty();
    }

    /**
     * Returns a value from the body, from {@link Phase#BODY} on: {@code account} is the email of a login or
     * registration.
     */
    default Optional<String> attribute(String name) {
        return Optional.empty();
    }

    /** Returns the error that the request ended with, in {@link Phase#OUTCOME}; empty for a success. */
    default Optional<ErrorCode> error() {
        return Optional.empty();
    }
}
