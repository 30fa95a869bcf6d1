package io.tollgate.runner.config;

import static io.tollgate.config.ValueType.addressRange;
import static io.tollgate.config.ValueType.bool;
import static io.tollgate.config.ValueType.choice;
import static io.tollgate.config.ValueType.decimal;
import static io.tollgate.config.ValueType.duration;
import static io.tollgate.config.ValueType.host;
import static io.tollgate.config.ValueType.integer;
import static io.tollgate.config.ValueType.listOf;
import static io.tollgate.config.ValueType.matching;
import static io.tollgate.config.ValueType.size;
import static io.tollgate.config.ValueType.sizeOrZero;
import static io.tollgate.config.ValueType.text;
import static io.tollgate.config.ValueType.wholeNumber;

import io.tollgate.api.Redaction;
import io.tollgate.api.http.AddressRange;
import io.tollgate.api.http.ClientAddresses;
import io.tollgate.api.ratelimit.Bandwidth;
import io.tollgate.api.ratelimit.OnOutage;
import io.tollgate.api.ratelimit.PartitionKeys;
import io.tollgate.api.ratelimit.Refill;
import io.tollgate.auth.keys.SignatureAlgorithm;
import io.tollgate.config.BadValue;
import io.tollgate.config.ConfigKey;
import io.tollgate.config.Secret;
import io.tollgate.config.ValueType;
import io.tollgate.runner.config.GatewayConfig.ErrorFormat;
import io.tollgate.runner.config.GatewayConfig.HostPort;
import io.tollgate.runner.config.GatewayConfig.IncomingTrace;
import io.tollgate.runner.config.GatewayConfig.JwtKey;
import io.tollgate.runner.config.GatewayConfig.RedisMode;
import io.tollgate.runner.config.GatewayConfig.RevocationOutage;
import io.tollgate.runner.config.GatewayConfig.TokenIssuer;
import io.tollgate.tls.ClientAuth;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/** The table of all keys. Defaults, file keys, variables, messages and documentation all come from it. */
public final class ConfigKeys {
    private static final List<ConfigKey<?>> ALL = new ArrayList<>();

    static final String TOKEN = "[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}";
    private static final ValueType<String> ORIGIN = matching(
            "* alone, or an origin such as https://app.example.com",
            "\\*|[a-z][a-z0-9+.-]*://([A-Za-z0-9._-]{1,255}|\\[[0-9A-Fa-f:.]{2,45}])(:[0-9]{1,5})?");
    private static final ValueType<String> METHOD = matching("an HTTP method in capitals", "[A-Z]{1,32}");
    private static final ValueType<String> HEADER = matching("the name of a header field", TOKEN);
    static final ValueType<Integer> PORT = integer("a port", 1, 65535);
    private static final ValueType<Integer> LISTENING_PORT =
            integer("a port", 0, 65535).expecting("a port, 1 to 65535, or 0 for any free one");

    static final ConfigKey<String> APP_NAME = key("app.name", label(), "tollgate", "The name in `/health` and in logs");
    static final ConfigKey<String> APP_VERSION =
            key("app.version", label(), Version.current(), "The version in `/health`");
    static final ConfigKey<Environment> APP_ENVIRONMENT = key(
            "app.environment",
            choice(Environment.class),
            "development",
            "Where this runs. `production` logs JSON and refuses the sample secret");

    static final ConfigKey<String> HTTP_HOST = key("server.http.host", host(), "0.0.0.0", "The address to listen on");
    static final ConfigKey<Integer> HTTP_PORT =
            key("server.http.port", LISTENING_PORT, "8080", "The port to listen on");
    static final ConfigKey<Duration> HTTP_READ_TIMEOUT = key(
            "server.http.read_timeout",
            duration("10ms", "1h"),
            "30s",
            "How long a request's head, and then its body, may take to arrive");
    static final ConfigKey<Duration> HTTP_WRITE_TIMEOUT = key(
            "server.http.write_timeout",
            duration("10ms", "1h"),
            "30s",
            "How long an answer may take to make, and then to be taken by the client");
    static final ConfigKey<Map<String, Duration>> HTTP_DEADLINES = key(
            "server.http.deadlines",
            RouteTypes.deadlines(),
            null,
            "For a route, the time from the arrival of a request's head to its response; a client can shorten it by"
                    + " `X-Request-Timeout` or `grpc-timeout`");
    static final ConfigKey<Duration> HTTP_IDLE_TIMEOUT = key(
            "server.http.idle_timeout",
            duration("10ms", "24h"),
            "60s",
            "How long a connection may wait for its next request");
    static final ConfigKey<Duration> HTTP_GRACEFUL_SHUTDOWN_TIMEOUT = key(
            "server.http.graceful_shutdown_timeout",
            duration("0s", "1h"),
            "30s",
            "Timeout for in-flight requests after SIGTERM and `server.http.drain_delay`");
    static final ConfigKey<Duration> HTTP_DRAIN_DELAY = key(
            "server.http.drain_delay",
            duration("0s", "1h"),
            "0s",
            "Time between SIGTERM, when `/health/ready` responds 503, and the end of accepting new connections");
    static final ConfigKey<Duration> HTTP_DRAIN_IDLE_TIMEOUT = key(
            "server.http.drain_idle_timeout",
            duration("0s", "1h"),
            "5s",
            "Time for an idle connection to send its last request, after `server.http.drain_delay`");
    static final ConfigKey<List<AddressRange>> HTTP_TRUSTED_PROXIES = key(
            "server.http.trusted_proxies",
            listOf(addressRange()),
            "",
            "Addresses and networks of proxies, whose `server.http.client_address_header` is believed");
    static final ConfigKey<ClientAddresses.Header> HTTP_CLIENT_ADDRESS_HEADER = key(
            "server.http.client_address_header",
            choice(ClientAddresses.Header.class),
            "x-forwarded-for",
            "The one header that trusted proxies write the client's address to; the other is ignored");
    static final ConfigKey<Long> HTTP_MAX_BODY_SIZE =
            key("server.http.max_body_size", size("1KiB", "16MiB"), "64KiB", "The largest request body");
    static final ConfigKey<Integer> HTTP_MAX_CONCURRENT_REQUESTS = key(
            "server.http.max_concurrent_requests",
            integer("a number", 1, 1_000_000),
            "10000",
            "The most requests served at a time; one more is answered 503 `OVERLOADED`");
    static final ConfigKey<Integer> HTTP_MAX_CONNECTIONS = key(
            "server.http.max_connections",
            integer("a number", 0, 1_000_000),
            "0",
            "The most connections; at the limit the one that is idle or unfinished for longest is closed. 0: one for each"
                    + " 32 KiB of heap (with TLS 64 KiB) and of direct memory, and at most two thirds of the file descriptors");
    static final ConfigKey<Integer> HTTP_MAX_CONNECTIONS_PER_ADDRESS = key(
            "server.http.max_connections_per_address",
            integer("a number", 0, 1_000_000),
            "0",
            "The most connections from one address, or one IPv6 /64, other than trusted proxies. 0: a quarter of all");
    static final ConfigKey<Long> HTTP_MAX_BUFFERED_BYTES = key(
            "server.http.max_buffered_bytes",
            sizeOrZero("1MiB", "64GiB"),
            "0",
            "The most heap for all unfinished heads and all bodies of requests together; at the limit the oldest"
                    + " unfinished one is closed. 0: an eighth of the heap");
    static final ConfigKey<Long> HTTP_MAX_HEADER_SIZE =
            key("server.http.max_header_size", size("1KiB", "256KiB"), "16KiB", "The largest head of a request");
    static final ConfigKey<Integer> HTTP_IO_THREADS = key(
            "server.http.io_threads",
            integer("a number", 0, 256),
            "0",
            "Threads that serve connections; 0 follows the processors");

    static final ConfigKey<Boolean> HTTP_H2C = key(
            "server.http.h2c",
            bool(),
            "false",
            "Also speaks HTTP/2 without TLS: with prior knowledge, and after an upgrade that no trusted proxy asks for");
    static final ConfigKey<Integer> HTTP_MAX_STREAMS = key(
            "server.http.max_streams",
            integer("a number", 1, 10_000),
            "100",
            "The most requests at a time on one connection in HTTP/2");
    static final ListenerTlsKeys HTTP_TLS = new ListenerTlsKeys("server.http.tls");
    static final ConfigKey<Boolean> HTTP_TLS_HTTP2 =
            key("server.http.tls.http2", bool(), "true", "Offers HTTP/2 to clients with TLS, beside HTTP/1.1 (ALPN)");
    static final ConfigKey<Duration> HTTP_HSTS_MAX_AGE = key(
            "server.http.hsts.max_age",
            duration("0s", "1000d"),
            "0s",
            "The `max-age` of `Strict-Transport-Security` on responses over TLS; 0s sends no such header");
    static final ConfigKey<Boolean> HTTP_HSTS_INCLUDE_SUBDOMAINS = key(
            "server.http.hsts.include_subdomains",
            bool(),
            "false",
            "Adds `includeSubDomains` to it: browsers then use TLS with all hosts below this one");
    static final ConfigKey<Boolean> HTTP_HSTS_PRELOAD = key(
            "server.http.hsts.preload",
            bool(),
            "false",
            "Adds `preload` to it: browsers may ship with this host; hard to undo");

    static final ConfigKey<Boolean> ADMIN_ENABLED =
            key("server.admin.enabled", bool(), "true", "Whether there is a port for operators");
    static final ConfigKey<String> ADMIN_HOST = key(
            "server.admin.host",
            host(),
            "127.0.0.1",
            "The address of the operators' port: health, metrics, live page. Off loopback all but health and metrics"
                    + " needs `server.admin.token`");
    static final ConfigKey<Integer> ADMIN_PORT =
            key("server.admin.port", LISTENING_PORT, "9090", "The operators' port, not the public one");
    static final ConfigKey<Secret> ADMIN_TOKEN = secret(
            "server.admin.token",
            ValueType.secret(16, 1024),
            "The bearer token of operators; where there is one, all but health and metrics needs it");
    static final ConfigKey<List<String>> ADMIN_ALLOWED_HOSTS = key(
            "server.admin.allowed_hosts",
            listOf(host()),
            "localhost, 127.0.0.1, [::1]",
            "Beside `server.admin.host`, the names in `Host` that all but health and metrics is answered for");

    static final ListenerTlsKeys ADMIN_TLS = new ListenerTlsKeys("server.admin.tls");

    static final ConfigKey<List<String>> CORS_ALLOWED_ORIGINS =
            key("cors.allowed_origins", listOf(ORIGIN), "*", "Origins whose pages may read answers, or `*` for any");
    static final ConfigKey<List<String>> CORS_ALLOWED_METHODS = key(
            "cors.allowed_methods",
            listOf(METHOD),
            "GET, POST, PUT, DELETE, OPTIONS",
            "Methods that those pages may use");
    static final ConfigKey<List<String>> CORS_ALLOWED_HEADERS = key(
            "cors.allowed_headers",
            listOf(HEADER),
            "Accept, Accept-Language, Authorization, Cache-Control, Content-Type, Idempotency-Key, Origin, X-Request-Id,"
                    + " X-Request-Timeout, X-Requested-With, traceparent, tracestate",
            "Request headers that those pages may send");
    static final ConfigKey<List<String>> CORS_EXPOSED_HEADERS = key(
            "cors.exposed_headers",
            listOf(HEADER),
            "X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, X-RateLimit-RefillRate, RateLimit,"
                    + " RateLimit-Policy, Retry-After, X-Request-Id",
            "Response headers that those pages may read");
    static final ConfigKey<Boolean> CORS_ALLOW_CREDENTIALS =
            key("cors.allow_credentials", bool(), "false", "Whether those pages may send cookies; never with `*`");
    static final ConfigKey<Duration> CORS_MAX_AGE =
            key("cors.max_age", duration("0s", "24h"), "1h", "How long a browser may remember a preflight");

    static final ConfigKey<ErrorFormat> ERRORS_FORMAT = key(
            "errors.format",
            choice(ErrorFormat.class),
            "envelope",
            "The form of error bodies: `envelope`, `problem` (RFC 9457), or `negotiate` by `Accept`");

    static final ConfigKey<Secret> JWT_SECRET_KEY = secret(
            "jwt.secret_key",
            ValueType.secret(32, 4096),
            "The secret that access tokens are signed with; the user service's. Required unless there are other keys");
    static final ConfigKey<SignatureAlgorithm> JWT_ALGORITHM =
            key("jwt.algorithm", TokenTypes.SECRET_ALGORITHM, "HS256", "What `jwt.secret_key` is used with");
    static final ConfigKey<List<JwtKey>> JWT_KEYS = key(
            "jwt.keys",
            TokenTypes.keys(),
            null,
            "More keys, each a section: `kid`, `algorithm`, `file` (PEM, JWK or JWK set) or `secret`, `signs`,"
                    + " `retire_at`");
    static final ConfigKey<Duration> JWT_KEY_FILE_REFRESH = key(
            "jwt.key_file_refresh",
            duration("10ms", "24h"),
            "10s",
            "How often the files in `jwt.keys` are looked at for changes");
    static final ConfigKey<URI> JWT_JWKS_URL =
            key("jwt.jwks_url", TokenTypes.keyUrl(), null, "Where the issuer publishes its public keys, as a JWK set");
    static final ConfigKey<Duration> JWT_JWKS_REFRESH =
            key("jwt.jwks_refresh", duration("1s", "24h"), "5m", "How often that set is fetched");
    static final ConfigKey<Duration> JWT_JWKS_MAX_STALENESS = key(
            "jwt.jwks_max_staleness",
            duration("1s", "24h"),
            "24h",
            "How long the last good set is used while it cannot be fetched");
    static final ConfigKey<String> JWT_ISSUER =
            key("jwt.issuer", text(512), null, "The `iss` that a token must have; without it any");
    static final ConfigKey<String> JWT_AUDIENCE =
            key("jwt.audience", text(512), null, "The `aud` that a token must have; without it any");
    static final ConfigKey<Duration> JWT_CLOCK_SKEW =
            key("jwt.clock_skew", duration("0s", "5m"), "30s", "How far the issuer's clock may be off");
    static final ConfigKey<Duration> JWT_ACCESS_TOKEN_TTL = key(
            "jwt.access_token_ttl", duration("1s", "24h"), "15m", "How long an access token that is issued here lives");
    static final ConfigKey<Boolean> JWT_ACCEPT_LEGACY_CLAIMS = key(
            "jwt.accept_legacy_claims",
            bool(),
            "false",
            "Whether HS256 tokens of the former user service are accepted: `expired_at` in place of `exp`");
    static final ConfigKey<Long> JWT_MAX_TOKEN_SIZE = key(
            "jwt.max_token_size", size("256B", "64KiB"), "8KiB", "The largest access token; others are refused unread");
    static final ConfigKey<Integer> JWT_CACHE_SIZE = key(
            "jwt.cache_size",
            integer("a number", 0, 10_000_000),
            "10000",
            "How many verified tokens are cached; a token of more than 1 KiB counts for several");
    static final ConfigKey<Boolean> JWT_REVOCATION = key(
            "jwt.revocation",
            bool(),
            "false",
            "Whether access tokens can be revoked before they expire; the list is in Redis where that is enabled");
    static final ConfigKey<RevocationOutage> JWT_REVOCATION_ON_OUTAGE = key(
            "jwt.revocation_on_outage",
            choice(RevocationOutage.class),
            "refuse",
            "What to do with tokens while that list cannot be read: `refuse` all (503), or `accept` those not known to be"
                    + " revoked");
    static final ConfigKey<Duration> JWT_REFRESH_TOKEN_TTL =
            key("jwt.refresh_token_ttl", duration("1s", "400d"), "30d", "How long after a login refreshing ends");
    static final ConfigKey<Duration> JWT_REFRESH_TOKEN_IDLE_TTL = key(
            "jwt.refresh_token_idle_ttl",
            duration("1s", "400d"),
            "7d",
            "How long a refresh token that is not used is good");
    static final ConfigKey<Duration> JWT_REFRESH_TOKEN_GRACE = key(
            "jwt.refresh_token_grace",
            duration("0s", "60s"),
            "10s",
            "For how long a used refresh token may be sent again and gets the same successor");

    static final ConfigKey<TokenIssuer> AUTH_ISSUER = key(
            "auth.issuer",
            choice(TokenIssuer.class),
            "upstream",
            "Who issues tokens: `upstream`, the user service, whose tokens the gateway passes on and verifies; or"
                    + " `gateway`");
    static final ConfigKey<List<String>> AUTH_DEFAULT_SCOPES =
            key("auth.default_scopes", TokenTypes.words(), "", "The scopes of tokens that the gateway issues");
    static final ConfigKey<Map<String, List<String>>> AUTH_REQUIRED_SCOPES = key(
            "auth.required_scopes",
            TokenTypes.wordsByRoute("scopes"),
            null,
            "For a route, the scopes that its tokens must all have");
    static final ConfigKey<Map<String, List<String>>> AUTH_REQUIRED_ROLES = key(
            "auth.required_roles",
            TokenTypes.wordsByRoute("roles"),
            null,
            "For a route, the roles of which its tokens must have one");
    static final ConfigKey<Boolean> BRUTE_FORCE_ENABLED =
            key("auth.brute_force.enabled", bool(), "true", "Whether guessing passwords and tokens is slowed down");
    static final ConfigKey<Duration> BRUTE_FORCE_WINDOW = key(
            "auth.brute_force.window",
            duration("1s", "24h"),
            "15m",
            "The time in which the numbers below are earned again");
    static final ConfigKey<Integer> BRUTE_FORCE_ADDRESS_FAILURES = key(
            "auth.brute_force.address_failures",
            integer("a number", 1, 1_000_000),
            "20",
            "Failed logins that an address may have in the window; logins in flight count as failed");
    static final ConfigKey<Integer> BRUTE_FORCE_BAD_TOKENS = key(
            "auth.brute_force.bad_tokens",
            integer("a number", 1, 1_000_000),
            "20",
            "Malformed and forged tokens that an address may send in the window");
    static final ConfigKey<Integer> BRUTE_FORCE_VERIFICATIONS = key(
            "auth.brute_force.verifications",
            integer("a number", 1, 1_000_000),
            "50",
            "Asymmetric signatures of tokens that an address may have verified at once; valid tokens do not count");
    static final ConfigKey<Integer> BRUTE_FORCE_VERIFICATIONS_PER_SECOND = key(
            "auth.brute_force.verifications_per_second",
            integer("a number", 1, 1_000_000),
            "10",
            "How many of these come back each second");
    static final ConfigKey<Integer> BRUTE_FORCE_ACCOUNT_FAILURES = key(
            "auth.brute_force.account_failures",
            integer("a number", 1, 1_000_000),
            "10",
            "Failed logins of one account in the window from which on it counts as attacked");
    static final ConfigKey<Duration> BRUTE_FORCE_ACCOUNT_DELAY = key(
            "auth.brute_force.account_delay",
            duration("1s", "24h"),
            "5m",
            "How long an address waits after failing to log in to an account that is attacked");

    static final ConfigKey<Boolean> REDIS_ENABLED =
            key("redis.enabled", bool(), "false", "Whether buckets are shared in Redis");
    static final ConfigKey<RedisMode> REDIS_MODE =
            key("redis.mode", choice(RedisMode.class), "standalone", "How Redis is deployed");
    static final ConfigKey<String> REDIS_HOST = key("redis.host", host(), "localhost", "A standalone Redis's host");
    static final ConfigKey<Integer> REDIS_PORT = key("redis.port", PORT, "6379", "A standalone Redis's port");
    static final ConfigKey<List<HostPort>> REDIS_NODES =
            key("redis.nodes", listOf(hostPort()), "", "Nodes of a cluster, or the Sentinels");
    static final ConfigKey<String> REDIS_SENTINEL_MASTER = key(
            "redis.sentinel_master",
            matching("a name, [A-Za-z0-9._-]{1,128}", "[A-Za-z0-9._-]{1,128}"),
            "mymaster",
            "The master that the Sentinels are asked for");
    static final ConfigKey<Integer> REDIS_DB = key("redis.db", integer("a number", 0, 65535), "0", "The database");
    static final ConfigKey<String> REDIS_NAMESPACE = key(
            "redis.namespace",
            matching("a name, [A-Za-z0-9_.-]{1,64}", "[A-Za-z0-9_.-]{1,64}"),
            null,
            "Every key begins with it and a colon, so that several services can share one database");
    static final ConfigKey<String> REDIS_USERNAME =
            key("redis.username", text(256), null, "The user to authenticate as");
    static final ConfigKey<Secret> REDIS_PASSWORD =
            secret("redis.password", ValueType.secret(1, 4096), "The password to authenticate with");
    static final ConfigKey<Boolean> REDIS_TLS = key("redis.tls", bool(), "false", "Whether to connect by TLS");
    static final ConfigKey<Duration> REDIS_CONNECT_TIMEOUT =
            key("redis.connect_timeout", duration("1ms", "5m"), "1s", "How long a connection may take to be made");
    static final ConfigKey<Duration> REDIS_DECISION_DEADLINE = key(
            "redis.decision_deadline",
            duration("1ms", "1m"),
            "50ms",
            "How long Redis may take to decide before the gateway does without it");
    static final ConfigKey<Integer> REDIS_MAX_QUEUED = key(
            "redis.max_queued",
            integer("a number", 1, 10_000_000),
            "10000",
            "The most decisions that wait for a node; one more is decided without it");
    static final ConfigKey<Long> BUCKET_CAPACITY = key(
            "redis.token_bucket.capacity",
            wholeNumber("a number", 1, Bandwidth.MAX_CAPACITY),
            "100",
            "Tokens that a client can save up; a request costs one");
    static final ConfigKey<BigDecimal> BUCKET_REFILL_RATE = key(
            "redis.token_bucket.refill_rate",
            decimal("a number", "0.000001", "1000000000"),
            "1.67",
            "Tokens earned per second");
    static final ConfigKey<Duration> BUCKET_REFILL_INTERVAL = key(
            "redis.token_bucket.refill_interval",
            duration("1ms", "3650d"),
            "1m",
            "The window that headers name, and that `refill: interval` credits at once");
    static final ConfigKey<Refill> BUCKET_REFILL = key(
            "redis.token_bucket.refill",
            choice(Refill.class),
            "greedy",
            "Whether tokens arrive continuously (`greedy`) or all at the end of each interval (`interval`)");

    static final ServiceKeys USER_SERVICE = new ServiceKeys("services.user_service", "user-service", "50051");
    static final ServiceKeys ORDER_SERVICE = new ServiceKeys("services.order_service", "order-service", "50052");
    static final ConfigKey<Boolean> ORDER_SERVICE_IDEMPOTENT = key(
            "services.order_service.idempotent",
            bool(),
            "false",
            "Whether the order service honours idempotency keys, so that a purchase may be sent again");

    static final ConfigKey<Boolean> STANDARD_HEADERS = key(
            "rate_limit.standard_headers", bool(), "false", "Whether `RateLimit` and `RateLimit-Policy` are sent too");
    static final ConfigKey<Secret> PARTITION_KEY_SECRET = secret(
            "rate_limit.partition_key_secret",
            ValueType.secret(PartitionKeys.MIN_SECRET_BYTES, 4096),
            "Adds `pk` to `RateLimit-Policy`: a hash of the bucket key with this secret, the same on every gateway. Unset:"
                    + " no `pk`");
    static final ConfigKey<Integer> REPLICAS = key(
            "rate_limit.replicas",
            integer("a number", 1, 10_000),
            "1",
            "How many gateways run: each enforces its share where buckets are not shared");
    static final ConfigKey<Integer> RATE_LIMIT_MAX_KEYS = key(
            "rate_limit.max_keys",
            integer("a number", 1, 100_000_000),
            "100000",
            "The most buckets to keep in memory, about 250 bytes each; full ones make way first");
    static final ConfigKey<Boolean> LEASE_ENABLED = key(
            "rate_limit.lease.enabled",
            bool(),
            "false",
            "Whether a gateway takes the tokens of a hot key from Redis a few at a time, and spends them by itself");
    static final ConfigKey<Integer> LEASE_TOKENS = key(
            "rate_limit.lease.tokens",
            integer("a number", 2, 10_000),
            "10",
            "Tokens of a lease; never more than a tenth of the limit's capacity");
    static final ConfigKey<Duration> LEASE_DURATION = key(
            "rate_limit.lease.duration",
            duration("10ms", "1m"),
            "500ms",
            "How long a lease is good for; what is not spent by then is lost to its key");
    static final ConfigKey<Integer> LEASE_HOT_PER_SECOND = key(
            "rate_limit.lease.hot_per_second",
            integer("a number", 1, 1_000_000),
            "100",
            "From how many requests a second, seen by one gateway, a key is hot");
    static final ConfigKey<Boolean> RATE_LIMIT_DEFAULT_POLICY = key(
            "rate_limit.default_policy",
            bool(),
            "true",
            "Whether the policy `default`, whose bucket is `redis.token_bucket`, is asked before `rate_limit.policies`");
    static final ConfigKey<OnOutage> RATE_LIMIT_ON_OUTAGE = key(
            "rate_limit.on_outage",
            choice(OnOutage.class),
            "local",
            "While Redis cannot be asked: each gateway enforces its share (`local`), or all pass, or none, unless a"
                    + " policy says otherwise");
    static final ConfigKey<Duration> RATE_LIMIT_RELOAD_INTERVAL = key(
            "rate_limit.reload_interval",
            duration("0s", "1h"),
            "2s",
            "How often to look whether the file has changed, and with it limits and policies; 0s is never");
    static final ConfigKey<PolicyConfig> RATE_LIMIT_POLICIES = key(
            "rate_limit.policies",
            ValueType.structured(PolicyConfig.EXPECTED, PolicyConfig::read),
            "[]",
            "Policies beside the default one, asked in this order; see docs/rate-limiting.md");

    static final ConfigKey<TranscodingConfig> TRANSCODING_SERVICES = key(
            "transcoding.services",
            ValueType.structured(TranscodingConfig.EXPECTED, TranscodingConfig::read),
            "[]",
            "gRPC services that are exposed over HTTP from their descriptors; see docs/transcoding.md");

    static final ConfigKey<Boolean> DOCS_OPENAPI =
            key("docs.openapi", bool(), "true", "Whether `/openapi.json` describes the API");
    static final ConfigKey<Boolean> DOCS_UI = key(
            "docs.ui",
            bool(),
            "true",
            "Whether `/docs` is a page to read that description and try the API out; never without `docs.openapi`");
    static final ConfigKey<Map<String, LocalDate>> DOCS_SUNSET = key(
            "docs.sunset",
            DocsTypes.sunsets(),
            null,
            "For a deprecated route, the day of its removal, announced in `Sunset`; see docs/api-versions.md");

    static final ConfigKey<Level> LOG_LEVEL = key(
            "log.level",
            choice(Level.class),
            null,
            "What the gateway logs; without it `debug` in development, `info` elsewhere");

    static final ConfigKey<Boolean> METRICS_ENABLED = key(
            "metrics.enabled", bool(), "true", "Whether requests, calls and decisions are measured, for `/metrics`");

    static final ConfigKey<IncomingTrace> TRACING_INCOMING = key(
            "tracing.incoming",
            choice(IncomingTrace.class),
            "continue",
            "What becomes of a client's `traceparent` while the gateway traces, which `OTEL_*` variables turn on:"
                    + " `continue` it, or `restart` with a link to it, for callers that are not trusted");

    private ConfigKeys() {}

    /** Every key, in the order of the documentation. Unmodifiable. */
    public static List<ConfigKey<?>> all() {
        return Collections.unmodifiableList(ALL);
    }

    /** Returns the table as plain text for a terminal. */
    public static String listing() {
        StringBuilder text = new StringBuilder();
        for (ConfigKey<?> key : ALL) {
            String fallback = defaultOf(key);
            text.append(key.name())
                    .append(fallback.isEmpty() ? "" : " = " + fallback)
                    .append('\n');
            text.append("    ").append(key.variable());
            key.fileVariable()
                    .ifPresent(file -> text.append(", or ").append(file).append(" with the path of a file"));
            text.append('\n');
            text.append("    ").append(key.meaning()).append('\n');
            text.append("    Expected: ").append(key.expected()).append('\n');
        }
        return text.toString();
    }

    /** Returns the default for documentation, which the number of a release must not change. */
    static String defaultOf(ConfigKey<?> key) {
        return key == APP_VERSION ? "the gateway's own" : key.defaultValue().orElse("");
    }

    /** The keys of TLS that each listener has. */
    record ListenerTlsKeys(
            ConfigKey<Boolean> enabled,
            ConfigKey<Path> cert,
            ConfigKey<Path> key,
            ConfigKey<Path> clientCa,
            ConfigKey<ClientAuth> clientAuth,
            ConfigKey<String> minVersion) {
        ListenerTlsKeys(String section) {
            this(
                    ConfigKeys.key(section + ".enabled", bool(), "false", "Speaks TLS, and nothing else, on the port"),
                    ConfigKeys.key(
                            section + ".cert",
                            TokenTypes.path(),
                            null,
                            "A PEM file with the certificate, then those of its issuers. Read again when it changes, as"
                                    + " are the other files"),
                    ConfigKeys.key(section + ".key", TokenTypes.path(), null, "A PEM file with its private key"),
                    ConfigKeys.key(
                            section + ".client_ca",
                            TokenTypes.path(),
                            null,
                            "A PEM file with the authorities of client certificates"),
                    ConfigKeys.key(
                            section + ".client_auth",
                            choice(ClientAuth.class),
                            "none",
                            "The certificate that clients present: `none`, `optional` or `required`"),
                    ConfigKeys.key(
                            section + ".min_version",
                            matching("1.2 or 1.3", "1\\.[23]"),
                            "1.2",
                            "The oldest version of TLS"));
        }
    }

    /** A text that anyone may see, on a page or as a label; one that is a URL with a password is not what was meant. */
    static ValueType<String> label() {
        ValueType<String> text = text(100);
        return new ValueType<>(text.expected() + ", no URL with a user", false, name -> {
            if (Redaction.hasUser(name)) {
                throw new BadValue();
            }
            return text.parse(name);
        });
    }

    private static ValueType<HostPort> hostPort() {
        return new ValueType<>("host:port", false, whole -> {
            String text = whole.strip();
            int colon = text.lastIndexOf(':');
            String host = colon < 0 ? "" : text.substring(0, colon);
            if (host.indexOf(':') >= 0 && !host.startsWith("[")) {
                throw new BadValue();
            }
            return new HostPort(host().parse(host), integer("a port", 1, 65535).parse(text.substring(colon + 1)));
        });
    }

    static <T> ConfigKey<T> key(String name, ValueType<T> type, @Nullable String fallback, String meaning) {
        return add(ConfigKey.of(name, type, fallback, meaning));
    }

    private static ConfigKey<Secret> secret(String name, ValueType<Secret> type, String meaning) {
        return add(ConfigKey.secret(name, type, meaning));
    }

    private static <T> ConfigKey<T> add(ConfigKey<T> key) {
        ALL.add(key);
        return key;
    }
}
