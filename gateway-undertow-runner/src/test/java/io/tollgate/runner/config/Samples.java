package io.tollgate.runner.config;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** For each key a value that is not its default. A new key needs one, or {@link EveryKeyTest} fails. */
final class Samples {
    static final String SECRET = "a-secret-of-this-test-that-is-long-enough";

    static final Map<String, String> BY_KEY = Map.ofEntries(
            Map.entry("app.name", "another-name"),
            Map.entry("app.version", "9.8.7"),
            Map.entry("app.environment", "staging"),
            Map.entry("transcoding.services", "[{name: library, host: localhost, port: 50053, reflection: true}]"),
            Map.entry("server.http.host", "127.0.0.1"),
            Map.entry("server.http.port", "8081"),
            Map.entry("server.http.read_timeout", "11s"),
            Map.entry("server.http.write_timeout", "12s"),
            Map.entry("server.http.idle_timeout", "1m30s"),
            Map.entry("server.http.graceful_shutdown_timeout", "14s"),
            Map.entry("server.http.drain_delay", "3s"),
            Map.entry("server.http.drain_idle_timeout", "2s"),
            Map.entry("server.http.trusted_proxies", "10.0.0.0/8,fd00::/8"),
            Map.entry("server.http.client_address_header", "forwarded"),
            Map.entry("server.http.max_body_size", "128KiB"),
            Map.entry("server.http.max_concurrent_requests", "77"),
            Map.entry("server.http.max_connections", "500"),
            Map.entry("server.http.max_connections_per_address", "50"),
            Map.entry("server.http.max_buffered_bytes", "4MiB"),
            Map.entry("server.http.max_header_size", "8KiB"),
            Map.entry("server.http.io_threads", "3"),
            Map.entry("server.http.h2c", "true"),
            Map.entry("server.http.max_streams", "30"),
            Map.entry("server.http.tls.enabled", "true"),
            Map.entry("server.http.tls.cert", "/tls/tls.crt"),
            Map.entry("server.http.tls.key", "/tls/tls.key"),
            Map.entry("server.http.tls.client_ca", "/tls/clients.crt"),
            Map.entry("server.http.tls.client_auth", "optional"),
            Map.entry("server.http.tls.min_version", "1.3"),
            Map.entry("server.http.tls.http2", "false"),
            Map.entry("server.http.hsts.max_age", "365d"),
            Map.entry("server.http.hsts.include_subdomains", "true"),
            Map.entry("server.http.hsts.preload", "true"),
            Map.entry("server.admin.tls.enabled", "true"),
            Map.entry("server.admin.tls.cert", "/tls/tls.crt"),
            Map.entry("server.admin.tls.key", "/tls/tls.key"),
            Map.entry("server.admin.tls.client_ca", "/tls/operators.crt"),
            Map.entry("server.admin.tls.client_auth", "required"),
            Map.entry("server.admin.tls.min_version", "1.3"),
            Map.entry("server.admin.enabled", "false"),
            Map.entry("server.admin.host", "127.0.0.2"),
            Map.entry("server.admin.port", "9191"),
            Map.entry("server.admin.token", "a-token-of-operators"),
            Map.entry("server.admin.allowed_hosts", "ops.example.com, [::1]"),
            Map.entry("cors.allowed_origins", "https://a.example,https://b.example:8443"),
            Map.entry("cors.allowed_methods", "GET,POST"),
            Map.entry("cors.allowed_headers", "Content-Type,X-One"),
            Map.entry("cors.exposed_headers", "X-Two,X-Three"),
            Map.entry("cors.allow_credentials", "true"),
            Map.entry("cors.max_age", "10m"),
            Map.entry("errors.format", "negotiate"),
            Map.entry("jwt.secret_key", "another-secret-of-this-test-that-is-long-enough"),
            Map.entry("jwt.issuer", "https://issuer.example"),
            Map.entry("jwt.audience", "tickets"),
            Map.entry("jwt.clock_skew", "45s"),
            Map.entry("jwt.access_token_ttl", "20m"),
            Map.entry("jwt.algorithm", "HS384"),
            Map.entry("jwt.keys", "[{kid: one, secret: another-secret-of-this-test-that-is-long-enough}]"),
            Map.entry("jwt.key_file_refresh", "1s"),
            Map.entry("jwt.jwks_url", "https://issuer.example/jwks.json"),
            Map.entry("jwt.jwks_refresh", "1m"),
            Map.entry("jwt.jwks_max_staleness", "2h"),
            Map.entry("jwt.accept_legacy_claims", "true"),
            Map.entry("jwt.max_token_size", "4KiB"),
            Map.entry("jwt.cache_size", "500"),
            Map.entry("jwt.revocation", "true"),
            Map.entry("jwt.revocation_on_outage", "accept"),
            Map.entry("jwt.refresh_token_ttl", "60d"),
            Map.entry("jwt.refresh_token_idle_ttl", "3d"),
            Map.entry("jwt.refresh_token_grace", "5s"),
            Map.entry("auth.issuer", "GATEWAY"),
            Map.entry("auth.default_scopes", "read,write"),
            Map.entry("auth.required_scopes", "{\"/api/v1/tickets/{event_id}/purchase\": [write]}"),
            Map.entry("auth.required_roles", "{\"/api/v1/tickets/{event_id}/purchase\": [admin]}"),
            Map.entry("auth.brute_force.enabled", "false"),
            Map.entry("auth.brute_force.window", "10m"),
            Map.entry("auth.brute_force.address_failures", "6"),
            Map.entry("auth.brute_force.bad_tokens", "7"),
            Map.entry("auth.brute_force.verifications", "30"),
            Map.entry("auth.brute_force.verifications_per_second", "4"),
            Map.entry("auth.brute_force.account_failures", "8"),
            Map.entry("auth.brute_force.account_delay", "9s"),
            Map.entry("redis.enabled", "true"),
            Map.entry("redis.mode", "cluster"),
            Map.entry("redis.host", "redis.example"),
            Map.entry("redis.port", "6380"),
            Map.entry("redis.nodes", "r1:7001,[::1]:7002"),
            Map.entry("redis.db", "4"),
            Map.entry("redis.namespace", "shop"),
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
            Map.entry("services.user_service.host", "users.example,10.0.0.7:5003,[::1]:5004"),
            Map.entry("services.user_service.load_balancing", "pick_first"),
            Map.entry("services.user_service.resolve_interval", "11s"),
            Map.entry("services.user_service.health_check.enabled", "false"),
            Map.entry("services.user_service.health_check.service", "tickets"),
            Map.entry("services.user_service.outlier_detection.enabled", "true"),
            Map.entry("services.user_service.outlier_detection.failure_percent", "60"),
            Map.entry("services.user_service.outlier_detection.minimum_calls", "20"),
            Map.entry("services.user_service.outlier_detection.interval", "3s"),
            Map.entry("services.user_service.outlier_detection.ejection_time", "10s"),
            Map.entry("services.user_service.outlier_detection.max_ejected_percent", "30"),
            Map.entry("services.user_service.tls.enabled", "true"),
            Map.entry("services.user_service.tls.ca", "/etc/tls/ca.crt"),
            Map.entry("services.user_service.tls.cert", "/etc/tls/tls.crt"),
            Map.entry("services.user_service.tls.key", "/etc/tls/tls.key"),
            Map.entry("services.user_service.tls.server_name", "users.internal"),
            Map.entry("services.user_service.port", "5001"),
            Map.entry("services.user_service.circuit_breaker", "false"),
            Map.entry("services.user_service.retry_budget", "20"),
            Map.entry("services.user_service.deadline", "2s"),
            Map.entry("services.user_service.grpc.keepalive_time", "40s"),
            Map.entry("services.user_service.grpc.keepalive_timeout", "6s"),
            Map.entry("services.user_service.grpc.keepalive_permit_without_stream", "false"),
            Map.entry("services.order_service.name", "orders"),
            Map.entry("services.order_service.host", "orders.example,10.0.0.7:5003,[::1]:5004"),
            Map.entry("services.order_service.load_balancing", "pick_first"),
            Map.entry("services.order_service.resolve_interval", "11s"),
            Map.entry("services.order_service.health_check.enabled", "false"),
            Map.entry("services.order_service.health_check.service", "tickets"),
            Map.entry("services.order_service.outlier_detection.enabled", "true"),
            Map.entry("services.order_service.outlier_detection.failure_percent", "60"),
            Map.entry("services.order_service.outlier_detection.minimum_calls", "20"),
            Map.entry("services.order_service.outlier_detection.interval", "3s"),
            Map.entry("services.order_service.outlier_detection.ejection_time", "10s"),
            Map.entry("services.order_service.outlier_detection.max_ejected_percent", "30"),
            Map.entry("services.order_service.tls.enabled", "true"),
            Map.entry("services.order_service.tls.ca", "/etc/tls/ca.crt"),
            Map.entry("services.order_service.tls.cert", "/etc/tls/tls.crt"),
            Map.entry("services.order_service.tls.key", "/etc/tls/tls.key"),
            Map.entry("services.order_service.tls.server_name", "orders.internal"),
            Map.entry("services.order_service.port", "5002"),
            Map.entry("services.order_service.circuit_breaker", "false"),
            Map.entry("services.order_service.retry_budget", "0"),
            Map.entry("services.order_service.deadline", "3s"),
            Map.entry("services.order_service.grpc.keepalive_time", "50s"),
            Map.entry("services.order_service.grpc.keepalive_timeout", "7s"),
            Map.entry("services.order_service.grpc.keepalive_permit_without_stream", "false"),
            Map.entry("services.order_service.idempotent", "true"),
            Map.entry("rate_limit.standard_headers", "true"),
            Map.entry("rate_limit.partition_key_secret", "a-secret-of-sixteen-bytes"),
            Map.entry("rate_limit.replicas", "3"),
            Map.entry("rate_limit.max_keys", "5000"),
            Map.entry("rate_limit.default_policy", "false"),
            Map.entry("rate_limit.on_outage", "deny"),
            Map.entry("rate_limit.lease.enabled", "true"),
            Map.entry("rate_limit.lease.tokens", "20"),
            Map.entry("rate_limit.lease.duration", "1s"),
            Map.entry("rate_limit.lease.hot_per_second", "50"),
            Map.entry("rate_limit.reload_interval", "30s"),
            Map.entry("rate_limit.policies", "[{name: daily, limits: 1000/day, key: user, shadow: true}]"),
            Map.entry("docs.openapi", "false"),
            Map.entry("docs.ui", "false"),
            Map.entry("server.http.deadlines", "{\"/api/v1/users/login\": 2s}"),
            Map.entry("docs.sunset", "{\"/api/v1/orders/{event_id}/purchase\": 2027-06-30}"),
            Map.entry("log.level", "warn"),
            Map.entry("metrics.enabled", "false"),
            Map.entry("tracing.incoming", "restart"));

    /** What a key needs beside it to be allowed. */
    static final Map<String, Map<String, String>> NEEDED = needed();

    private static Map<String, Map<String, String>> needed() {
        Map<String, Map<String, String>> needed = new HashMap<>(Map.of(
                "jwt.algorithm", Map.of("jwt.secret_key", SECRET + SECRET),
                "cors.allow_credentials", Map.of("cors.allowed_origins", "https://a.example"),
                "redis.mode", Map.of("redis.nodes", "r1:7001")));
        for (String service : List.of("services.user_service", "services.order_service")) {
            String tls = service + ".tls.";
            for (String key : List.of("ca", "server_name")) {
                needed.put(tls + key, Map.of(tls + "enabled", "true"));
            }
            needed.put(tls + "cert", Map.of(tls + "enabled", "true", tls + "key", "/etc/tls/tls.key"));
            needed.put(tls + "key", Map.of(tls + "enabled", "true", tls + "cert", "/etc/tls/tls.crt"));
            String outliers = service + ".outlier_detection.";
            for (String key :
                    List.of("failure_percent", "minimum_calls", "interval", "ejection_time", "max_ejected_percent")) {
                needed.put(outliers + key, Map.of(outliers + "enabled", "true"));
            }
        }
        for (String tls : List.of("server.http.tls", "server.admin.tls")) {
            needed.put(tls + ".enabled", Map.of(tls + ".cert", "/tls/tls.crt", tls + ".key", "/tls/tls.key"));
        }
        needed.put("server.http.hsts.include_subdomains", Map.of("server.http.hsts.max_age", "1d"));
        needed.put(
                "server.http.hsts.preload",
                Map.of("server.http.hsts.max_age", "365d", "server.http.hsts.include_subdomains", "true"));
        return Map.copyOf(needed);
    }

    private Samples() {}
}
