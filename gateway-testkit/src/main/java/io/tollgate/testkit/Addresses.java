package io.tollgate.testkit;

import io.tollgate.api.http.AddressRange;
import java.net.InetAddress;

/** Addresses of clients. */
final class Addresses {
    /** Of the block that is reserved for documentation (RFC 5737). */
    static final InetAddress CLIENT = parse("192.0.2.1");

    private Addresses() {}

    /** Returns the address of a literal; never looks a name up. */
    static InetAddress parse(String literal) {
        return AddressRange.parseAddress(literal)
                .orElseThrow(() -> new IllegalArgumentException(
                        "address: " + literal + " (expected: an IP address, such as 192.0.2.1 or 2001:db8::1)"));
    }
}
