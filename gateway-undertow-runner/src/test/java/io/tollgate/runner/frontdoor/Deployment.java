package io.tollgate.runner.frontdoor;

import io.opentelemetry.api.OpenTelemetry;
import io.tollgate.api.Principal;
import io.tollgate.auth.JwtTokenService;
import io.tollgate.examples.services.order.OrderServiceServer;
import io.tollgate.examples.services.user.PasswordCost;
import io.tollgate.examples.services.user.UserServiceServer;
import io.tollgate.runner.Gateway;
import io.tollgate.runner.config.ConfigLoader;
import io.tollgate.runner.config.GatewayConfig;
import io.tollgate.testkit.TestAuthority;
import io.tollgate.testkit.VirtualTime;
import io.tollgate.tls.TlsFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A gateway on a free port with services behind it, configured as an operator would: by variables. */
final class Deployment implements AutoCloseable {
    static final String SECRET = "a secret of these tests, which is long enough";
    private static final JwtTokenService TOKENS =
            JwtTokenService.builder().secret(SECRET).build();

    private final Gateway gateway;
    private final AutoCloseable services;
    private final Client client;

    private final boolean http2;
    private final Optional<TlsFiles> trusted;

    private Deployment(
            Gateway gateway,
            AutoCloseable services,
            Description description,
            boolean http2,
            Optional<TlsFiles> trusted) {
        this.gateway = gateway;
        this.services = services;
        this.http2 = http2;
        this.trusted = trusted;
        this.client = client(description);
    }

    /** With the reference services and everything else as it comes. */
    static Deployment start() throws Exception {
        return builder().start();
    }

    static Builder builder() {
        return new Builder();
    }

    /** The environment of a gateway in a process of its own, in front of {@code upstream}. */
    static Map<String, String> environment(ScriptedUpstream upstream) {
        Map<String, String> environment = new HashMap<>();
        environment.put("JWT_SECRET_KEY", SECRET);
        environment.put("SERVER_HTTP_HOST", "127.0.0.1");
        environment.put("SERVER_HTTP_PORT", "0");
        environment.put("SERVER_ADMIN_PORT", "0");
        environment.put("REDIS_TOKEN_BUCKET_CAPACITY", "1000000");
        // Slow, so that a bucket is still there when a test looks for it: one that is full again expires.
        environment.put("REDIS_TOKEN_BUCKET_REFILL_RATE", "0.01");
        for (String service : new String[] {"USER", "ORDER"}) {
            environment.put("SERVICES_" + service + "_SERVICE_HOST", "127.0.0.1");
            environment.put("SERVICES_" + service + "_SERVICE_PORT", Integer.toString(upstream.port()));
        }
        return environment;
    }

    Client client() {
        return client;
    }

    /** One that holds the answers against a description of its own. */
    Client client(Description description) {
        if (trusted.isPresent()) {
            return Client.inTls(
                    "https://localhost:" + port(), description, trusted.get().clientContext());
        }
        String base = "http://127.0.0.1:" + port();
        return http2 ? Client.inHttp2(base, description) : new Client(base, description);
    }

    int port() {
        return gateway.address().getPort();
    }

    /** All measures, as Prometheus gets them. */
    String scrape() {
        return new Operator(gateway.adminAddress().orElseThrow().getPort())
                .get("/metrics")
                .body();
    }

    /** A client of the operators' port. */
    Client admin() {
        return Client.ofOperators(adminPort());
    }

    boolean hasAdminPort() {
        return gateway.adminAddress().isPresent();
    }

    int adminPort() {
        return gateway.adminAddress().orElseThrow().getPort();
    }

    /** An access token for a user, as the user service would have issued it. */
    String token(String userId) {
        return mint(userId);
    }

    static String mint(String userId) {
        return mint(Principal.of(userId));
    }

    /** One that ended an hour ago. */
    static String mintExpired(String userId) {
        return JwtTokenService.builder()
                .secret(SECRET)
                .time(new VirtualTime(Instant.now().minus(Duration.ofHours(1))))
                .build()
                .issue(Principal.of(userId))
                .toCompletableFuture()
                .join()
                .accessToken();
    }

    static String mint(Principal user) {
        return TOKENS.issue(user).toCompletableFuture().join().accessToken();
    }

    @Override
    public void close() {
        gateway.close();
        trusted.ifPresent(TlsFiles::close);
        try {
            services.close();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    static final class Builder {
        private final Map<String, String> environment = new HashMap<>();
        private final Map<String, Integer> events =
                new LinkedHashMap<>(Map.of("rock-2026", 1000, "jazz-night", 3, "sold-out-show", 0));
        private Optional<Path> file = Optional.empty();
        private int upstreamPort;
        private boolean serviceIssuesTokens = true;
        private boolean http2;
        private Optional<TlsFiles> trusted = Optional.empty();
        private OpenTelemetry users = OpenTelemetry.noop();
        private OpenTelemetry orders = OpenTelemetry.noop();

        private Builder() {
            with("JWT_SECRET_KEY", SECRET);
            with("SERVER_HTTP_HOST", "127.0.0.1");
            with("SERVER_HTTP_PORT", "0");
            with("SERVER_ADMIN_PORT", "0");
            with("SERVER_HTTP_GRACEFUL_SHUTDOWN_TIMEOUT", "1s");
            with("SERVICES_USER_SERVICE_HOST", "127.0.0.1");
            with("SERVICES_ORDER_SERVICE_HOST", "127.0.0.1");
        }

        Builder with(String variable, String value) {
            environment.put(variable, value);
            return this;
        }

        /** A configuration file under the variables, in YAML. */
        Builder file(Path folder, String yaml) throws IOException {
            file = Optional.of(Files.writeString(folder.resolve("config.yaml"), yaml));
            return this;
        }

        /** Takes a setting back. */
        Builder without(String variable) {
            environment.remove(variable);
            return this;
        }

        /** The clients speak HTTP/2, without TLS. */
        Builder http2() {
            http2 = true;
            return with("SERVER_HTTP_H2C", "true");
        }

        /** The clients speak HTTP/2 in TLS, with a certificate of the gateway in {@code folder}. */
        Builder tls(Path folder) throws IOException {
            TestAuthority authority = TestAuthority.create("Deployment");
            authority.issue("localhost").write(folder.resolve("tls.crt"), folder.resolve("tls.key"));
            Files.writeString(folder.resolve("ca.crt"), authority.pem());
            trusted = Optional.of(
                    TlsFiles.builder().authorities(folder.resolve("ca.crt")).build());
            return with("SERVER_HTTP_TLS_ENABLED", "true")
                    .with("SERVER_HTTP_TLS_CERT", folder.resolve("tls.crt").toString())
                    .with("SERVER_HTTP_TLS_KEY", folder.resolve("tls.key").toString());
        }

        /** The gateway issues tokens, and the user service none. */
        Builder gatewayIssues() {
            serviceIssuesTokens = false;
            return with("AUTH_ISSUER", "gateway");
        }

        /** The reference services tell these of their calls. */
        Builder telemetry(OpenTelemetry ofUsers, OpenTelemetry ofOrders) {
            users = ofUsers;
            orders = ofOrders;
            return this;
        }

        /** One more event of the reference order service. */
        Builder event(String id, int stock) {
            events.put(id, stock);
            return this;
        }

        /** Puts a scripted upstream in the place of the reference services. */
        Builder upstream(ScriptedUpstream upstream) {
            return upstreamPort(upstream.port());
        }

        /** Puts whatever is or is not at a port in the place of the reference services. */
        Builder upstreamPort(int port) {
            upstreamPort = port;
            return this;
        }

        Deployment start() throws Exception {
            AutoCloseable services = () -> {};
            int userPort = upstreamPort;
            int orderPort = upstreamPort;
            if (upstreamPort == 0) {
                UserServiceServer userService = UserServiceServer.builder()
                        .port(0)
                        .openTelemetry(users)
                        .jwtSecret(SECRET)
                        .issueTokens(serviceIssuesTokens)
                        .passwordCost(new PasswordCost(64, 1))
                        .start();
                OrderServiceServer orderService = OrderServiceServer.builder()
                        .port(0)
                        .openTelemetry(orders)
                        .events(events)
                        .start();
                userPort = userService.port();
                orderPort = orderService.port();
                services = () -> {
                    userService.close();
                    orderService.close();
                };
            }
            with("SERVICES_USER_SERVICE_PORT", Integer.toString(userPort));
            with("SERVICES_ORDER_SERVICE_PORT", Integer.toString(orderPort));
            GatewayConfig config = ConfigLoader.load(file, environment).config();
            return new Deployment(Gateway.start(config), services, Description.of(config), http2, trusted);
        }
    }
}
