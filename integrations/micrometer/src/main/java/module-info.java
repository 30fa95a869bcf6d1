/**
 * Micrometer meters for requests, guards, rate limiters, tokens and upstreams. Needs the libraries that it measures only if
 * they are used.
 */
module io.tollgate.micrometer {
    requires transitive io.tollgate.api;
    requires transitive micrometer.core;
    requires static transitive org.jspecify;
    // Not transitive: the compiler would demand them of every user's module.
    requires static io.grpc;
    requires static io.tollgate.auth;
    requires static io.tollgate.grpc;
    requires static io.tollgate.ratelimit;

    exports io.tollgate.micrometer;
}
