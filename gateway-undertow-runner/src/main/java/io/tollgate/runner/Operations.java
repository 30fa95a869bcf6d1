package io.tollgate.runner;

import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.guard.RequestListener;
import io.tollgate.runner.admin.AdminPort;
import io.tollgate.runner.admin.Info;
import io.tollgate.runner.admin.health.Component;
import io.tollgate.runner.admin.health.Component.Condition;
import io.tollgate.runner.admin.health.Readiness;
import io.tollgate.runner.admin.live.LiveFeed;
import io.tollgate.runner.admin.live.Traffic;
import io.tollgate.runner.config.GatewayConfig;
import io.tollgate.runner.config.Setting;
import io.tollgate.runner.config.Version;
import io.tollgate.runner.telemetry.Metrics;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What operators see of a gateway, and the port where they do, if there is one. */
final class Operations implements AutoCloseable {
    private final GatewayConfig config;
    private final Instant startedAt = Instant.now();
    private final Traffic traffic = new Traffic();
    private volatile List<Setting> settings;
    private volatile Condition listener = Condition.down("not listening yet");
    private volatile String publicUrl = "";
    private @Nullable Readiness readiness;
    private @Nullable AdminPort port;

    Operations(GatewayConfig config) {
        this.config = config;
        this.settings = config.settings().all();
    }

    /** Who must be told of requests. */
    Optional<RequestListener> observer() {
        return config.server().admin().enabled() ? Optional.of(traffic) : Optional.empty();
    }

    /**
     * Listens, where that is wanted.
     *
     * @param components looked at a few times a second from now on
     * @throws IOException with a message of one line if it cannot; nothing stays open then
     */
    void open(List<Component> components, RequestGuard guard, Optional<Metrics> metrics) throws IOException {
        if (!config.server().admin().enabled()) {
            return;
        }
        readiness = new Readiness(components, Clock.systemUTC());
        LiveFeed.Names names = new LiveFeed.Names(
                config.app().name(),
                config.app().version(),
                Version.commit(),
                () -> publicUrl,
                startedAt.toEpochMilli());
        port = AdminPort.start(
                config.server().admin(),
                new AdminPort.Content(
                        readiness,
                        new LiveFeed(traffic, readiness, names, Clock.systemUTC()),
                        new Info(config.app(), startedAt, () -> settings, guard::policies),
                        metrics));
    }

    /** Where it listens. */
    Optional<InetSocketAddress> address() {
        return Optional.ofNullable(port).map(AdminPort::address);
    }

    /** How the public port is. */
    Condition listener() {
        return listener;
    }

    /** The public port listens. */
    void listening(InetSocketAddress address) {
        publicUrl = GatewayUrls.of(address);
        listener = Condition.ok("takes requests");
        if (readiness != null) {
            readiness.look();
        }
    }

    /** Settings that are in effect from now on; those that {@code live} does not name wait for the next start. */
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
        listener = Condition.down("draining: answers what it has, and takes no more");
        if (readiness != null) {
            readiness.look();
        }
    }

    @Override
    public void close() {
        if (port != null) {
            port.close();
        }
    }
}
