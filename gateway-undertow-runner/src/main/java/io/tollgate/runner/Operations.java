package io.tollgate.runner;

import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.guard.RequestListener;
import io.tollgate.config.Setting;
import io.tollgate.operations.OperatorPages;
import io.tollgate.operations.Traffic;
import io.tollgate.runner.config.GatewayConfig;
import io.tollgate.runner.config.Version;
import io.tollgate.runner.http.undertow.UndertowServer;
import io.tollgate.runner.telemetry.Metrics;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The operators' view of a gateway: their pages, and the port that has them, if there is one. */
final class Operations implements AutoCloseable {
    private final GatewayConfig config;
    private final Traffic traffic = new Traffic();
    private volatile List<Setting> settings;
    private @Nullable OperatorPages pages;
    private @Nullable UndertowServer port;

    Operations(GatewayConfig config) {
        this.config = config;
        this.settings = config.settings().all();
    }

    /** Returns the listener of all requests. */
    Optional<RequestListener> observer() {
        return config.server().admin().enabled() ? Optional.of(traffic) : Optional.empty();
    }

    /**
     * Listens, if that is wanted.
     *
     * @param components adds the components whose conditions are shown
     * @throws IOException with a message of one line if it cannot; nothing stays open then
     */
    void open(Consumer<OperatorPages.Builder> components, RequestGuard guard, Optional<Metrics> metrics)
            throws IOException {
        GatewayConfig.Admin admin = config.server().admin();
        if (!admin.enabled()) {
            return;
        }
        OperatorPages.Builder builder = OperatorPages.builder()
                .name(config.app().name())
                .version(config.app().version())
                .environment(config.app().environment().name().toLowerCase(Locale.ROOT))
                .software(Version.current(), Version.commit())
                .access(AdminPort.access(admin))
                .traffic(traffic)
                .policies(guard::policies)
                .info("configuration", this::configuration);
        metrics.ifPresent(m -> builder.metrics(m.contentType(), m::scrape));
        components.accept(builder);
        OperatorPages opened = builder.build();
        pages = opened;
        port = AdminPort.open(admin, opened);
    }

    /** Returns the address of the port. */
    Optional<InetSocketAddress> address() {
        return Optional.ofNullable(port).map(UndertowServer::address);
    }

    /** The public port listens. */
    void listening(InetSocketAddress address) {
        if (pages != null) {
            pages.listening(URI.create(GatewayUrls.of(address)));
        }
    }

    /** Shows the settings that are in effect from now on; those that {@code live} does not accept wait for a restart. */
    void take(GatewayConfig now, Predicate<String> live) {
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

    /** The public port is about to close. */
    void draining() {
        if (pages != null) {
            pages.draining();
        }
    }

    @Override
    public void close() {
        if (pages != null) {
            pages.close(); // First: its streams would last as long as the port.
        }
        if (port != null) {
            port.close();
        }
    }

    private List<Map<String, String>> configuration() {
        return settings.stream().map(Operations::described).toList();
    }

    private static Map<String, String> described(Setting setting) {
        Map<String, String> described = new LinkedHashMap<>();
        described.put("key", setting.key().name());
        described.put("value", setting.value());
        described.put("source", setting.source());
        return described;
    }
}
