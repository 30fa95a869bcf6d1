package io.tollgate.api.ratelimit;

import io.tollgate.api.ErrorCode;
import io.tollgate.api.Principal;
import java.net.InetAddress;
import java.util.Optional;

/**
 * The facts of a request that a {@link RateLimitPolicy} may know. What a server cannot tell stays at the defaults.
 */
public interface RateLimitContext {
    /** The moment in the life of a request at which a policy is asked. */
    enum Phase {
        /** Route, headers, address and user are known; the body is not read. */
        REQUEST,
        /** The body is read and valid, and its {@linkplain RateLimitContext#attribute attributes} are known. */
        BODY,
        /** The response is known, and about to be sent. A check is charged now, and rejects nothing. */
        OUTCOME
    }

    /** Returns the HTTP method, upper-case. */
    String method();

    /** Returns the template of the route that matched, such as {@code /api/v1/tickets/{event_id}/purchase}, if one did. */
    Optional<String> route();

    /** Returns the client's address, with trusted proxies looked through. */
    InetAddress clientAddress();

    /**
     * Returns the bucket key of the client's address: {@code ip:192.0.2.1}, or of IPv6 the /64 prefix in the form of RFC 5952,
     * as in {@code ip:2001:db8:1:2::/64}. IPv4-mapped IPv6 is IPv4.
     */
    default String addressKey() {
        return addressKey(clientAddress());
    }

    /** Returns the {@linkplain #addressKey() bucket key} of an address. */
    static String addressKey(InetAddress address) {
        return AddressKey.of(address);
    }

    /** Returns the user, if the request carries a valid token that its route asks for. */
    Optional<Principal> principal();

    /** Returns the first value of a request header; names are case-insensitive. */
    Optional<String> header(String name);

    /** Returns the phase. */
    default Phase phase() {
        return Phase.REQUEST;
    }

    /** Returns why the token of the request was not accepted, if its route asks for one and it was not. */
    default Optional<ErrorCode> tokenError() {
        return Optional.empty();
    }

    /**
     * Returns a fact of the body, from {@link Phase#BODY} on: {@code account} is the email of a login or registration.
     */
    default Optional<String> attribute(String name) {
        return Optional.empty();
    }

    /** Returns the error that the request ended with, in {@link Phase#OUTCOME}; empty for a success. */
    default Optional<ErrorCode> error() {
        return Optional.empty();
    }
}
