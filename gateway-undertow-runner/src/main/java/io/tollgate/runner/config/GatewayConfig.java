package io.tollgate.runner.config;

import io.tollgate.api.Redaction;
import io.tollgate.api.http.AddressRange;
import io.tollgate.api.http.ClientAddresses;
import io.tollgate.api.http.ErrorRenderer;
import io.tollgate.api.ratelimit.Bandwidth;
import io.tollgate.api.ratelimit.OnOutage;
import io.tollgate.auth.keys.SignatureAlgorithm;
import io.tollgate.config.ConfigException;
import io.tollgate.config.Secret;
import io.tollgate.config.Settings;
import io.tollgate.grpc.LoadBalancing;
import io.tollgate.grpc.OutlierDetection;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.event.Level;

/**
 * The configuration of a gateway. Made by {@link ConfigLoader}, which has validated all of it; the meaning of every value is
 * in {@link ConfigKeys}. Immutable, and {@code toString} shows no secret.
 *
 * @param settings the same values one by one, with where each came from; of no account for equality
 */
public record GatewayConfig(
        App app,
        Server server,
        Cors cors,
        Errors errors,
        Jwt jwt,
        Auth auth,
        Redis redis,
        Services services,
        TranscodingConfig transcoding,
        RateLimits rateLimit,
        Docs docs,
        Log log,
        Metrics metrics,
        Tracing tracing,
        Settings settings) {

    /**
     * The defaults with these values instead, for example {@code Map.of("jwt.secret_key", …, "server.http.port", "0")}.
     *
     * @param values by the names of {@link ConfigKeys}, in the form that a variable would have
     * @throws ConfigException if a key is not known, a value is not right, or {@code jwt.secret_key} is missing
     */
    public static GatewayConfig of(Map<String, String> values) {
        return ConfigLoader.of(values).config();
    }

    /** Returns the settings, without secrets and credentials. */
    @Override
    public String toString() {
        return settings.all().stream()
                .map(setting -> setting.key() + "=" + setting.value())
                .collect(Collectors.joining(", ", "GatewayConfig[", "]"));
    }

    /** The name, version and environment of the gateway. */
    public record App(String name, String version, Environment environment) {}

    /** The rendering of errors. */
    public record Errors(ErrorFormat format) {}

    /** The form of error bodies. */
    public enum ErrorFormat {
        /** The error envelope. */
        ENVELOPE,
        /** Problem details (RFC 9457). */
        PROBLEM,
        /** Problem details where {@code Accept} prefers them, else the envelope. */
        NEGOTIATE;

        /** Returns the renderer of this form. */
        public ErrorRenderer renderer() {
            return switch (this) {
                case ENVELOPE -> ErrorRenderer.envelope();
                case PROBLEM -> ErrorRenderer.problem();
                case NEGOTIATE -> ErrorRenderer.negotiated();
            };
        }
    }

    /** Both listeners. */
    public record Server(Http http, Admin admin) {}

    /**
     * The public listener.
     *
     * @param port 0 takes any free port
     * @param deadlines by the template of a route, its time from the arrival of a request to the response
     * @param maxBodySize in bytes
     * @param maxConnections 0 leaves the number to the server
     * @param maxConnectionsPerAddress 0 leaves the number to the server
     * @param maxBufferedBytes 0 leaves the number to the server
     * @param maxHeaderSize in bytes
     * @param ioThreads 0 leaves the number to the server
     * @param h2c whether HTTP/2 is spoken without TLS
     * @param maxStreams of a connection in HTTP/2
     * @param http2 whether HTTP/2 is offered with TLS
     * @param strictTransport the value of {@code Strict-Transport-Security}; empty for none
     */
    public record Http(
            String host,
            int port,
            Duration readTimeout,
            Duration writeTimeout,
            Map<String, Duration> deadlines,
            Duration idleTimeout,
            Duration gracefulShutdownTimeout,
            Duration drainDelay,
            Duration drainIdleTimeout,
            List<AddressRange> trustedProxies,
            ClientAddresses.Header clientAddressHeader,
            long maxBodySize,
            int maxConcurrentRequests,
            int maxConnections,
            int maxConnectionsPerAddress,
            long maxBufferedBytes,
            int maxHeaderSize,
            int ioThreads,
            boolean h2c,
            int maxStreams,
            ListenerTls tls,
            boolean http2,
            Optional<String> strictTransport) {
        public Http {
            deadlines = Map.copyOf(deadlines);
            trustedProxies = List.copyOf(trustedProxies);
        }
    }

    /**
     * The operators' listener.
     *
     * @param port 0 takes any free port
     * @param token what operators authenticate with; without one only loopback shows more than health and metrics
     * @param allowedHosts by which the pages may be asked for beside {@code host}, without ports and brackets
     */
    public record Admin(
            boolean enabled,
            String host,
            int port,
            Optional<Secret> token,
            List<String> allowedHosts,
            ListenerTls tls) {
        public Admin {
            allowedHosts = List.copyOf(allowedHosts);
        }

        /** Returns whether only this machine reaches it. */
        public boolean onLoopback() {
            return isLoopback(host);
        }

        /** Returns whether a host, an IPv6 address in brackets or not, is of this machine alone. No name is looked up. */
        static boolean isLoopback(String host) {
            String bare = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
            return bare.equalsIgnoreCase("localhost")
                    || AddressRange.parseAddress(bare)
                            .filter(InetAddress::isLoopbackAddress)
                            .isPresent();
        }
    }

    /**
     * The permissions of pages of other origins.
     *
     * @param allowedOrigins {@code *} alone, or origins such as {@code https://app.example.com}
     * @param allowCredentials never together with {@code *}
     */
    public record Cors(
            List<String> allowedOrigins,
            List<String> allowedMethods,
            List<String> allowedHeaders,
            List<String> exposedHeaders,
            boolean allowCredentials,
            Duration maxAge) {
        public Cors {
            allowedOrigins = List.copyOf(allowedOrigins);
            allowedMethods = List.copyOf(allowedMethods);
            allowedHeaders = List.copyOf(allowedHeaders);
            exposedHeaders = List.copyOf(exposedHeaders);
        }

        /** Returns whether the methods are those of the default, to which those of exposed services come. */
        public boolean allowsDefaultMethods() {
            return String.join(", ", allowedMethods).equals(ConfigKeys.defaultOf(ConfigKeys.CORS_ALLOWED_METHODS));
        }

        /** Returns whether any origin may read responses. */
        public boolean allowsAnyOrigin() {
            return allowedOrigins.contains("*");
        }
    }

    /**
     * Tokens and their keys. At least one of {@code secretKey}, {@code keys} and {@code jwks.url} is there.
     *
     * @param secretKey as long as the hash of its algorithm, at least
     * @param algorithm of {@code secretKey}: HS256, HS384 or HS512
     * @param keyFileRefresh how often key files are looked at for changes
     * @param issuer the {@code iss} that a token must have, where one is configured
     * @param audience the {@code aud} that a token must have, where one is configured
     * @param maxTokenSize in characters
     * @param cacheSize how many verified tokens are cached, each of at most 1 KiB, or fewer that are larger
     */
    public record Jwt(
            Optional<Secret> secretKey,
            SignatureAlgorithm algorithm,
            List<JwtKey> keys,
            Duration keyFileRefresh,
            Jwks jwks,
            Optional<String> issuer,
            Optional<String> audience,
            Duration clockSkew,
            Duration accessTokenTtl,
            boolean acceptLegacyClaims,
            int maxTokenSize,
            int cacheSize,
            Revocation revocation,
            RefreshTokens refreshTokens) {
        public Jwt {
            keys = List.copyOf(keys);
        }
    }

    /**
     * A key, or the keys of a file.
     *
     * @param algorithm for a secret HS256 where absent; for a file whose keys do not say, by their type
     * @param file PEM, a JWK or a JWK set; exactly one of file and secret is there
     * @param signs whether it signs what the gateway issues
     * @param retireAt from when it is no longer good
     */
    public record JwtKey(
            Optional<String> kid,
            Optional<SignatureAlgorithm> algorithm,
            Optional<Path> file,
            Optional<Secret> secret,
            boolean signs,
            Optional<Instant> retireAt) {
        /** The algorithm of a key that is a secret. */
        public SignatureAlgorithm secretAlgorithm() {
            return algorithm.orElse(SignatureAlgorithm.HS256);
        }
    }

    /** Public keys from a URL, where there is one. */
    public record Jwks(Optional<URI> url, Duration refresh, Duration maxStaleness) {
        /** Returns these values; of the URL without its query, which may be a credential. */
        @Override
        public String toString() {
            return "Jwks[url=" + Redaction.ofValue(url.map(URI::toString).orElse("")) + ", refresh=" + refresh
                    + ", maxStaleness=" + maxStaleness + "]";
        }
    }

    /** The revocation of access tokens. */
    public record Revocation(boolean enabled, RevocationOutage onOutage) {}

    /** The treatment of access tokens while the list of revoked ones is unavailable. */
    public enum RevocationOutage {
        /** Rejects every request with a token, with 503. */
        REFUSE,
        /** Accept what is not known to be revoked. */
        ACCEPT
    }

    /** The lifetimes of refresh tokens that the gateway issues. */
    public record RefreshTokens(Duration ttl, Duration idleTtl, Duration grace) {}

    /**
     * The issuer of tokens, and the demands of routes.
     *
     * @param defaultScopes what tokens that the gateway issues are good for
     * @param requiredScopes of a route's template, all of which a token must have
     * @param requiredRoles of a route's template, one of which a token must have
     */
    public record Auth(
            TokenIssuer issuer,
            List<String> defaultScopes,
            Map<String, List<String>> requiredScopes,
            Map<String, List<String>> requiredRoles,
            BruteForce bruteForce) {
        public Auth {
            defaultScopes = List.copyOf(defaultScopes);
            requiredScopes = Map.copyOf(requiredScopes);
            requiredRoles = Map.copyOf(requiredRoles);
        }
    }

    /**
     * The limits of guessing.
     *
     * @param window in which as many tokens come back as are spent on failures
     * @param addressFailures failed logins of an address
     * @param badTokens malformed and forged tokens of an address
     * @param verifications asymmetric signatures that an address may have verified at once
     * @param verificationsPerSecond how many of these come back each second
     * @param accountFailures failed logins of an account from which on an address that failed for it must wait
     * @param accountDelay how long it must wait
     */
    public record BruteForce(
            boolean enabled,
            Duration window,
            int addressFailures,
            int badTokens,
            int verifications,
            int verificationsPerSecond,
            int accountFailures,
            Duration accountDelay) {}

    /** The issuer of tokens. */
    public enum TokenIssuer {
        /** The user service: the gateway passes its tokens on, and verifies them. */
        UPSTREAM,
        /** The gateway: it issues, rotates and revokes, and takes no notice of tokens of the user service. */
        GATEWAY
    }

    /**
     * The store of shared buckets, and the limit of the default policy.
     *
     * @param nodes of a cluster, or the Sentinels; unused in standalone mode
     * @param sentinelMaster the master's name; unused in all other modes
     * @param namespace with a colon, the prefix of every key in Redis
     * @param decisionDeadline how long a decision may take before it is made without Redis
     * @param maxQueued the most decisions that wait for a node
     * @param tokenBucket the default policy's, whether or not Redis is enabled
     */
    public record Redis(
            boolean enabled,
            RedisMode mode,
            String host,
            int port,
            List<HostPort> nodes,
            int db,
            Optional<String> namespace,
            Optional<String> username,
            Optional<Secret> password,
            boolean tls,
            String sentinelMaster,
            Duration connectTimeout,
            Duration decisionDeadline,
            int maxQueued,
            Bandwidth tokenBucket) {
        public Redis {
            nodes = List.copyOf(nodes);
        }
    }

    /** The deployment of Redis. */
    public enum RedisMode {
        STANDALONE,
        SENTINEL,
        CLUSTER
    }

    /** A host and a port on it. */
    public record HostPort(String host, int port) {}

    /** The services behind the gateway. */
    public record Services(Service userService, Service orderService) {}

    /**
     * A service behind the gateway.
     *
     * @param name the name in logs and metrics
     * @param backends where it is, at least one: names, of which all addresses are used, or addresses
     * @param loadBalancing how calls are distributed over the backends
     * @param resolveInterval the time after which names are looked up again
     * @param deadline the timeout of a call
     * @param circuitBreaker whether calls are rejected for a while after repeated failures
     * @param retryBudget the maximum of retries, in percent of the calls that may be retried
     * @param healthCheck the service whose health backends are asked for, which may be the empty name; empty if they are not
     * @param outlierDetection when a backend that fails is left out; empty for never
     * @param tls empty for plain text
     * @param idempotent whether a purchase with the same key may be sent twice; always false for the user service
     */
    public record Service(
            String name,
            List<HostPort> backends,
            LoadBalancing loadBalancing,
            Duration resolveInterval,
            Duration deadline,
            boolean circuitBreaker,
            int retryBudget,
            Grpc grpc,
            Optional<String> healthCheck,
            Optional<OutlierDetection> outlierDetection,
            Optional<ServiceTls> tls,
            boolean idempotent) {}

    /**
     * TLS to a service.
     *
     * @param section of the service, for messages and metrics
     * @param ca the authorities that are trusted; empty for those of the JVM
     * @param cert the certificate that is presented; empty for none
     * @param key the key of that certificate
     * @param serverName the name that the certificates of the backends must have; empty for that of each host
     */
    public record ServiceTls(
            String section, Optional<Path> ca, Optional<Path> cert, Optional<Path> key, Optional<String> serverName) {}

    /** The keepalive of a connection to a service. */
    public record Grpc(Duration keepaliveTime, Duration keepaliveTimeout, boolean keepalivePermitWithoutStream) {}

    /**
     * Rate limiting beyond the default policy's bucket.
     *
     * @param standardHeaders whether {@code RateLimit} and {@code RateLimit-Policy} are sent too
     * @param partitionKeySecret the secret of the partition keys in {@code RateLimit-Policy}; without it there are none
     * @param replicas how many gateways share the limits
     * @param maxKeys the most buckets in memory
     * @param defaultPolicy whether the policy of {@code redis.token_bucket} is asked, before the others
     * @param onOutage what becomes of a check while Redis cannot be asked, where its policy does not say
     * @param lease how tokens of hot keys are taken from Redis a few at a time
     * @param reloadInterval how often to look whether the file has changed; zero for never
     * @param policies beside the default one, asked in this order
     */
    public record RateLimits(
            boolean standardHeaders,
            Optional<Secret> partitionKeySecret,
            int replicas,
            int maxKeys,
            boolean defaultPolicy,
            OnOutage onOutage,
            Lease lease,
            Duration reloadInterval,
            PolicyConfig policies) {}

    /**
     * Leases for hot keys.
     *
     * @param tokens of a lease
     * @param duration that a lease is good for
     * @param hotPerSecond from how many requests a second on a key is hot
     */
    public record Lease(boolean enabled, int tokens, Duration duration, int hotPerSecond) {}

    /**
     * The documentation of the API.
     *
     * @param openapi whether there is a description of it
     * @param ui whether there is a page that shows the description; never without it
     * @param sunsets for deprecated routes, by template, the announced day of their removal
     */
    public record Docs(boolean openapi, boolean ui, Map<String, LocalDate> sunsets) {
        public Docs {
            sunsets = Map.copyOf(sunsets);
        }
    }

    /**
     * The log.
     *
     * @param level of the gateway's own messages; without one the environment decides
     */
    public record Log(Optional<Level> level) {}

    /** The metrics. */
    public record Metrics(boolean enabled) {}

    /**
     * The traces.
     *
     * @param variables those of the environment whose names begin with {@code OTEL_}, which say whether and whereto; any
     *     may carry a secret
     */
    public record Tracing(IncomingTrace incoming, Map<String, Secret> variables) {
        public Tracing {
            variables = Map.copyOf(variables);
        }
    }

    /** The treatment of a trace that a client names. */
    public enum IncomingTrace {
        /** The request is part of it. */
        CONTINUE,
        /** The request starts a trace of its own, with a link to that one. */
        RESTART
    }
}
