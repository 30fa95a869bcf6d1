package io.tollgate.runner.config;

import io.tollgate.config.ConfigValues;
import io.tollgate.config.Secret;
import io.tollgate.config.Settings;
import io.tollgate.runner.config.GatewayConfig.Admin;
import io.tollgate.runner.config.GatewayConfig.App;
import io.tollgate.runner.config.GatewayConfig.Cors;
import io.tollgate.runner.config.GatewayConfig.Errors;
import io.tollgate.runner.config.GatewayConfig.Http;
import io.tollgate.runner.config.GatewayConfig.Log;
import io.tollgate.runner.config.GatewayConfig.Metrics;
import io.tollgate.runner.config.GatewayConfig.RateLimits;
import io.tollgate.runner.config.GatewayConfig.Redis;
import io.tollgate.runner.config.GatewayConfig.Server;
import io.tollgate.runner.config.GatewayConfig.Services;
import io.tollgate.runner.config.GatewayConfig.Tracing;
import java.util.Map;
import java.util.Optional;

/** Makes the records of values without problems. */
final class Binder {
    private Binder() {}

    static GatewayConfig bind(ConfigValues v, Map<String, Secret> otel) {
        return new GatewayConfig(
                new App(v.get(ConfigKeys.APP_NAME), v.get(ConfigKeys.APP_VERSION), v.get(ConfigKeys.APP_ENVIRONMENT)),
                new Server(
                        http(v),
                        new Admin(
                                v.get(ConfigKeys.ADMIN_ENABLED),
                                v.get(ConfigKeys.ADMIN_HOST),
                                v.get(ConfigKeys.ADMIN_PORT),
                                v.find(ConfigKeys.ADMIN_TOKEN),
                                v.get(ConfigKeys.ADMIN_ALLOWED_HOSTS),
                                ListenerTls.bind(v, ConfigKeys.ADMIN_TLS))),
                cors(v),
                new Errors(v.get(ConfigKeys.ERRORS_FORMAT)),
                TokenBinder.jwt(v),
                TokenBinder.auth(v),
                redis(v),
                new Services(
                        ConfigKeys.USER_SERVICE.bind(v, false),
                        ConfigKeys.ORDER_SERVICE.bind(v, v.get(ConfigKeys.ORDER_SERVICE_IDEMPOTENT))),
                v.get(ConfigKeys.TRANSCODING_SERVICES),
                rateLimits(v),
                DocsTypes.bind(v),
                new Log(v.find(ConfigKeys.LOG_LEVEL)),
                new Metrics(v.get(ConfigKeys.METRICS_ENABLED)),
                new Tracing(v.get(ConfigKeys.TRACING_INCOMING), otel),
                new Settings(v.settings(), v.files()));
    }

    private static Http http(ConfigValues v) {
        return new Http(
                v.get(ConfigKeys.HTTP_HOST),
                v.get(ConfigKeys.HTTP_PORT),
                v.get(ConfigKeys.HTTP_READ_TIMEOUT),
                v.get(ConfigKeys.HTTP_WRITE_TIMEOUT),
                v.find(ConfigKeys.HTTP_DEADLINES).orElse(Map.of()),
                v.get(ConfigKeys.HTTP_IDLE_TIMEOUT),
                v.get(ConfigKeys.HTTP_GRACEFUL_SHUTDOWN_TIMEOUT),
                v.get(ConfigKeys.HTTP_DRAIN_DELAY),
                v.get(ConfigKeys.HTTP_DRAIN_IDLE_TIMEOUT),
                v.get(ConfigKeys.HTTP_TRUSTED_PROXIES),
                v.get(ConfigKeys.HTTP_CLIENT_ADDRESS_HEADER),
                v.get(ConfigKeys.HTTP_MAX_BODY_SIZE),
                v.get(ConfigKeys.HTTP_MAX_CONCURRENT_REQUESTS),
                v.get(ConfigKeys.HTTP_MAX_CONNECTIONS),
                v.get(ConfigKeys.HTTP_MAX_CONNECTIONS_PER_ADDRESS),
                v.get(ConfigKeys.HTTP_MAX_BUFFERED_BYTES),
                v.get(ConfigKeys.HTTP_MAX_HEADER_SIZE).intValue(),
                v.get(ConfigKeys.HTTP_IO_THREADS),
                v.get(ConfigKeys.HTTP_H2C),
                v.get(ConfigKeys.HTTP_MAX_STREAMS),
                ListenerTls.bind(v, ConfigKeys.HTTP_TLS),
                v.get(ConfigKeys.HTTP_TLS_HTTP2),
                strictTransport(v));
    }

    private static Optional<String> strictTransport(ConfigValues v) {
        long seconds = v.get(ConfigKeys.HTTP_HSTS_MAX_AGE).toSeconds();
        return seconds == 0
                ? Optional.empty()
                : Optional.of("max-age=" + seconds
                        + (v.get(ConfigKeys.HTTP_HSTS_INCLUDE_SUBDOMAINS) ? "; includeSubDomains" : "")
                        + (v.get(ConfigKeys.HTTP_HSTS_PRELOAD) ? "; preload" : ""));
    }

    private static Cors cors(ConfigValues v) {
        return new Cors(
                v.get(ConfigKeys.CORS_ALLOWED_ORIGINS),
                v.get(ConfigKeys.CORS_ALLOWED_METHODS),
                v.get(ConfigKeys.CORS_ALLOWED_HEADERS),
                v.get(ConfigKeys.CORS_EXPOSED_HEADERS),
                v.get(ConfigKeys.CORS_ALLOW_CREDENTIALS),
                v.get(ConfigKeys.CORS_MAX_AGE));
    }

    private static Redis redis(ConfigValues v) {
        return new Redis(
                v.get(ConfigKeys.REDIS_ENABLED),
                v.get(ConfigKeys.REDIS_MODE),
                v.get(ConfigKeys.REDIS_HOST),
                v.get(ConfigKeys.REDIS_PORT),
                v.get(ConfigKeys.REDIS_NODES),
                v.get(ConfigKeys.REDIS_DB),
                v.find(ConfigKeys.REDIS_NAMESPACE),
                v.find(ConfigKeys.REDIS_USERNAME),
                v.find(ConfigKeys.REDIS_PASSWORD),
                v.get(ConfigKeys.REDIS_TLS),
                v.get(ConfigKeys.REDIS_SENTINEL_MASTER),
                v.get(ConfigKeys.REDIS_CONNECT_TIMEOUT),
                v.get(ConfigKeys.REDIS_DECISION_DEADLINE),
                v.get(ConfigKeys.REDIS_MAX_QUEUED),
                Rules.bandwidth(v));
    }

    private static RateLimits rateLimits(ConfigValues v) {
        return new RateLimits(
                v.get(ConfigKeys.STANDARD_HEADERS),
                v.find(ConfigKeys.PARTITION_KEY_SECRET),
                v.get(ConfigKeys.REPLICAS),
                v.get(ConfigKeys.RATE_LIMIT_MAX_KEYS),
                v.get(ConfigKeys.RATE_LIMIT_DEFAULT_POLICY),
                v.get(ConfigKeys.RATE_LIMIT_ON_OUTAGE),
                new GatewayConfig.Lease(
                        v.get(ConfigKeys.LEASE_ENABLED),
                        v.get(ConfigKeys.LEASE_TOKENS),
                        v.get(ConfigKeys.LEASE_DURATION),
                        v.get(ConfigKeys.LEASE_HOT_PER_SECOND)),
                v.get(ConfigKeys.RATE_LIMIT_RELOAD_INTERVAL),
                v.get(ConfigKeys.RATE_LIMIT_POLICIES));
    }
}
