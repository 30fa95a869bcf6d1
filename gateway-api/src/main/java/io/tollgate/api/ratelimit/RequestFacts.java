package io.tollgate.api.ratelimit;

import io.tollgate.api.ErrorCode;
import io.tollgate.api.Principal;
import java.net.InetAddress;
import java.util.Optional;

/**
 * What a {@link RateLimitPolicy} may know of a request. A server adapts its own request to this; what it cannot tell
 * stays at the defaults.
 */
public interface RequestFacts {
    /** When in the life of a request a policy is asked. */
    enum Phase {
        /** Route, headers, address and user are known; the body is not read. */
        REQUEST,
        /** The body is read and valid, and {@linkplain RequestFacts#attribute attributes} are there. */
        BODY,
        /** The answer is known, and about to be sent. What is decided now is charged, and refuses nothing. */
        OUTCOME
    }

    /** The HTTP method, upper-case. */
    String method();

    /** The template of the route that matched, such as {@code /api/v1/tickets/{event_id}/purchase}; empty if none did. */
    Optional<String> route();

    /** The client's address, with trusted proxies looked through. */
    InetAddress clientAddress();

    /** The user, where the request carries a valid token that its route asks for. */
    Optional<Principal> principal();

    /** The first value of a request header; names are case-insensitive. */
    Optional<String> header(String name);

    /** What phase it is. */
    default Phase phase() {
        return Phase.REQUEST;
    }

    /** A fact of the body, from {@link Phase#BODY} on: {@code account} is the email of a login or registration. */
    default Optional<String> attribute(String name) {
        return Optional.empty();
    }

    /** How the request failed, in {@link Phase#OUTCOME}; empty for a success. */
    default Optional<ErrorCode> error() {
        return Optional.empty();
    }
}
