/** The reference gateway, as a program and for programs that extend it. Start with {@link io.tollgate.runner.Tollgate}. */
module io.tollgate.runner {
    requires static transitive org.jspecify;
    requires transitive io.tollgate.api;
    requires transitive io.tollgate.auth;
    requires transitive io.tollgate.config;
    requires transitive io.tollgate.ratelimit;
    requires ch.qos.logback.classic;
    requires ch.qos.logback.core;
    requires com.fasterxml.jackson.core;
    requires com.fasterxml.jackson.databind;
    requires com.fasterxml.jackson.dataformat.yaml;
    requires io.grpc;
    requires io.opentelemetry.api;
    requires io.opentelemetry.context;
    requires io.opentelemetry.sdk;
    requires io.opentelemetry.sdk.autoconfigure;
    requires io.opentelemetry.sdk.common;
    requires io.opentelemetry.sdk.trace;
    requires io.prometheus.metrics.model;
    requires transitive io.tollgate.grpc;
    requires io.tollgate.micrometer;
    requires io.tollgate.opentelemetry;
    requires io.tollgate.operations;
    requires io.tollgate.undertow;
    requires jdk.unsupported; // Signals.
    requires jul.to.slf4j;
    requires micrometer.core;
    requires micrometer.registry.prometheus;
    requires transitive org.slf4j;
    requires redis.clients.jedis;

    exports io.tollgate.runner;
    exports io.tollgate.runner.config;

    provides ch.qos.logback.classic.spi.Configurator with
            io.tollgate.runner.logging.PlainLogging;
}
