package io.tollgate.runner.config;

import java.util.Map;

/** For each key a value that is not its default. A new key needs one, or {@link EveryKeyTest} fails. */
final class Samples {
    static final String SECRET = "a-secret-of-this-test-that-is-long-enough";

    static final Map<String, String> BY_KEY = Map.ofEntries(
            Map.entry("app.name", "another-name"),
            Map.entry("app.version", "9.8.7"),
            Map.entry("app.environment", "staging"),
            Map.entry("server.http.host", "127.0.0.1"),
            Map.entry("server.http.port", "8081"),
            Map.entry("server.http.read_timeout", "11s"),
            Map.entry("server.http.write_timeout", "12s"),
            Map.entry("server.http.idle_timeout", "1m30s"),
            Map.entry("server.http.graceful_shutdown_timeout", "14s"),
            Map.entry("server.http.trusted_proxies", "10.0.0.0/8,fd00::/8"),
            Map.entry("server.http.max_body_size", "128KiB"),
            Map.entry("server.http.max_concurrent_requests", "77"),
            Map.entry("server.http.io_threads", "3"),
            Map.entry("server.admin.host", "127.0.0.2"),
            Map.entry("server.admin.port", "9191"),
            Map.entry("server.admin.token", "a-token-of-operators"),
            Map.entry("cors.allowed_origins", "https://a.example,https://b.example:8443"),
            Map.entry("cors.allowed_methods", "GET,POST"),
            Map.entry("cors.allowed_headers", "Content-Type,X-One"),
            Map.entry("cors.exposed_headers", "X-Two,X-Three"),
            Map.entry("cors.allow_credentials", "true"),
            Map.entry("cors.max_age", "10m"),
            Map.entry("jwt.secret_key", "another-secret-of-this-test-that-is-long-enough"),
            Map.entry("jwt.issuer", "https://issuer.example"),
            Map.entry("jwt.audience", "tickets"),
            Map.entry("jwt.clock_skew", "45s"),
            Map.entry("jwt.access_token_ttl", "20m"),
            Map.entry("auth.issuer", "UPSTREAM"),
            Map.entry("redis.enabled", "true"),
            Map.entry("redis.mode", "cluster"),
            Map.entry("redis.host", "redis.example"),
            Map.entry("redis.port", "6380"),
            Map.entry("redis.nodes", "r1:7001,[::1]:7002"),
            Map.entry("redis.db", "4"),
            Map.entry("redis.username", "somebody"),
            Map.entry("redis.password", "a-password"),
            Map.entry("redis.tls", "true"),
            Map.entry("redis.sentinel_master", "another-master"),
            Map.entry("redis.connect_timeout", "300ms"),
            Map.entry("redis.decision_deadline", "20ms"),
            Map.entry("redis.max_queued", "500"),
            Map.entry("redis.token_bucket.capacity", "7"),
            Map.entry("redis.token_bucket.refill_rate", "0.5"),
            Map.entry("redis.token_bucket.refill_interval", "10s"),
            Map.entry("redis.token_bucket.refill", "interval"),
            Map.entry("services.user_service.name", "users"),
            Map.entry("services.user_service.host", "users.example"),
            Map.entry("services.user_service.port", "5001"),
            Map.entry("services.user_service.circuit_breaker", "false"),
            Map.entry("services.user_service.deadline", "2s"),
            Map.entry("services.user_service.grpc.keepalive_time", "40s"),
            Map.entry("services.user_service.grpc.keepalive_timeout", "6s"),
            Map.entry("services.user_service.grpc.keepalive_permit_without_stream", "false"),
            Map.entry("services.order_service.name", "orders"),
            Map.entry("services.order_service.host", "orders.example"),
            Map.entry("services.order_service.port", "5002"),
            Map.entry("services.order_service.circuit_breaker", "false"),
            Map.entry("services.order_service.deadline", "3s"),
            Map.entry("services.order_service.grpc.keepalive_time", "50s"),
            Map.entry("services.order_service.grpc.keepalive_timeout", "7s"),
            Map.entry("services.order_service.grpc.keepalive_permit_without_stream", "false"),
            Map.entry("services.order_service.idempotent", "true"),
            Map.entry("rate_limit.standard_headers", "true"),
            Map.entry("rate_limit.replicas", "3"),
            Map.entry("rate_limit.max_keys", "5000"),
            Map.entry("rate_limit.default_policy", "false"),
            Map.entry("rate_limit.on_outage", "deny"),
            Map.entry("rate_limit.reload_interval", "30s"),
            Map.entry("rate_limit.policies", "[{name: daily, limits: 1000/day, key: user, shadow: true}]"),
            Map.entry("log.level", "warn"));

    /** What a key needs beside it to be allowed. */
    static final Map<String, Map<String, String>> NEEDED = Map.of(
            "cors.allow_credentials", Map.of("cors.allowed_origins", "https://a.example"),
            "redis.mode", Map.of("redis.nodes", "r1:7001"));

    private Samples() {}
}
