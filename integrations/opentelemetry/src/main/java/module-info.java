/** OpenTelemetry spans for requests, the decisions of a rate limiter, and calls to upstreams. Needs gRPC only if calls are made. */
module io.tollgate.opentelemetry {
    requires transitive io.opentelemetry.api;
    requires transitive io.opentelemetry.context;
    requires transitive io.tollgate.api;
    requires static transitive org.jspecify;
    // Not transitive: the compiler would demand it of every user's module.
    requires static io.grpc;
    requires static io.opentelemetry.sdk;
    requires static io.opentelemetry.sdk.autoconfigure;
    requires static io.opentelemetry.sdk.autoconfigure.spi;
    requires static io.opentelemetry.sdk.common;

    exports io.tollgate.opentelemetry;
}
