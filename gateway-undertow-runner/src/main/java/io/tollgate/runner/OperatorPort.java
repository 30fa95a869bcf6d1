package io.tollgate.runner;

import io.tollgate.api.http.HttpEndpoint;
import io.tollgate.config.Setting;
import io.tollgate.operations.OperatorAccess;
import io.tollgate.operations.OperatorPages;
import io.tollgate.runner.config.GatewayConfig;
import io.tollgate.runner.config.Version;
import io.tollgate.runner.http.Deadline;
import io.tollgate.runner.http.Exchange;
import io.tollgate.runner.http.Filter;
import io.tollgate.runner.http.WellFormed;
import io.tollgate.undertow.ServerStats;
import io.tollgate.undertow.UndertowServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** The operators' pages on a listener of their own, which the load of the public port does not reach. */
final class OperatorPort implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final int MAX_CONNECTIONS = 128;
    private static final int MAX_BUFFERED_BYTES = 2 * 1024 * 1024;

    /** Small, so that a viewer that does not read its events is noticed. */
    private static final int SEND_BUFFER_BYTES = 64 * 1024;

    private static final Set<String> WILDCARDS = Set.of("0.0.0.0", "::", "0:0:0:0:0:0:0:0");

    private final OperatorPages pages;
    private final UndertowServer server;
    private final boolean publicTls;
    private volatile List<Setting> settings;

    private OperatorPort(GatewayConfig config, Certificates certificates, OperatorPages.Builder builder)
            throws IOException {
        this.settings = config.settings().all();
        this.publicTls = config.server().http().tls().enabled();
        this.pages = builder.info("configuration", this::configuration).build();
        try {
            this.server = listen(config.server().admin(), certificates, pages.endpoint());
        } catch (IOException | RuntimeException e) {
            pages.close();
            throw e;
        }
    }

    /**
     * Listens.
     *
     * @param token what operators authenticate with, at each moment
     * @param certificates where that of the port is read
     * @param content adds what the pages show of this gateway
     * @throws IOException with a message of one line if it cannot; nothing stays open then
     */
    static OperatorPort open(
            GatewayConfig config,
            Certificates certificates,
            Optional<Supplier<String>> token,
            Consumer<OperatorPages.Builder> content)
            throws IOException {
        OperatorPages.Builder builder = OperatorPages.builder()
                .name(config.app().name())
                .version(config.app().version())
                .environment(config.app().environment().name().toLowerCase(Locale.ROOT))
                .software(Version.current(), Version.commit())
                .access(access(config.server().admin(), token));
        content.accept(builder);
        return new OperatorPort(config, certificates, builder);
    }

    private static UndertowServer listen(GatewayConfig.Admin config, Certificates certificates, HttpEndpoint endpoint)
            throws IOException {
        try {
            UndertowServer.Builder server = UndertowServer.builder()
                    .name("tollgate-admin")
                    .host(config.host())
                    .port(config.port())
                    .ioThreads(1)
                    .maxConnections(MAX_CONNECTIONS)
                    .maxConnectionsPerAddress(MAX_CONNECTIONS) // Port forwarding and probes share addresses.
                    .maxBufferedBytes(MAX_BUFFERED_BYTES)
                    .drainIdleTimeout(Duration.ZERO)
                    .maxHeaderSize(16 * 1024)
                    .maxHeaders(64)
                    .maxParameters(16)
                    .headTimeout(Duration.ofSeconds(5))
                    .maxBodySize(64 * 1024)
                    .bodyTimeout(DEADLINE)
                    .writeTimeout(DEADLINE)
                    .sendBufferSize(SEND_BUFFER_BYTES)
                    .idleTimeout(Duration.ofSeconds(30))
                    .drainTimeout(Duration.ofMillis(100))
                    .exchanges(Exchange.of(
                            Filter.chain(List.of(new WellFormed(), new Deadline(DEADLINE, Map.of())), endpoint::handle),
                            64 * 1024));
            certificates.apply("server.admin", config.tls(), server);
            return server.start();
        } catch (IOException e) {
            throw ListenFailure.of("server.admin", e, ", or disable it: server.admin.enabled: false");
        }
    }

    private static OperatorAccess access(GatewayConfig.Admin config, Optional<Supplier<String>> token) {
        List<String> hosts = new ArrayList<>(config.allowedHosts());
        if (!WILDCARDS.contains(config.host())) {
            hosts.add(config.host());
        }
        OperatorAccess.Builder access = OperatorAccess.builder()
                .hosts(hosts)
                .settings(
                        "server.admin.token (SERVER_ADMIN_TOKEN)",
                        "server.admin.allowed_hosts (SERVER_ADMIN_ALLOWED_HOSTS)");
        token.ifPresent(access::token);
        return (config.onLoopback() ? access.loopback() : access).build();
    }

    /** Returns the address of the port. */
    InetSocketAddress address() {
        return server.address();
    }

    /** Returns the readings of the listener. */
    ServerStats stats() {
        return server.stats();
    }

    /** The public port listens. */
    void listening(InetSocketAddress address) {
        pages.listening(GatewayUrls.of(address, publicTls));
    }

    /** The public port is about to close. */
    void draining() {
        pages.draining();
    }

    /** Shows the settings that are in effect from now on; those that {@code live} does not accept wait for a restart. */
    void reload(GatewayConfig now, Predicate<String> live) {
        List<Setting> changed = now.settings().all();
        settings = settings.stream()
                .map(old -> live.test(old.key().name())
                        ? changed.stream()
                                .filter(s -> s.key() == old.key())
                                .findFirst()
                                .orElse(old)
                        : old)
                .toList();
    }

    private List<Map<String, String>> configuration() {
        return settings.stream().map(OperatorPort::described).toList();
    }

    private static Map<String, String> described(Setting setting) {
        Map<String, String> described = new LinkedHashMap<>();
        described.put("key", setting.key().name());
        described.put("value", setting.value());
        described.put("source", setting.source());
        return described;
    }

    @Override
    public void close() {
        pages.close(); // First: its streams would last as long as the port.
        server.close();
    }
}
