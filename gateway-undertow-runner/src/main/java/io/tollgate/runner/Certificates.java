package io.tollgate.runner;

import io.tollgate.runner.config.ListenerTls;
import io.tollgate.runner.telemetry.Metrics;
import io.tollgate.tls.TlsFiles;
import io.tollgate.undertow.UndertowServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The certificates of the listeners, which are watched until {@link #close}. Not thread-safe. */
final class Certificates implements AutoCloseable {
    private final Optional<Metrics> metrics;
    private final List<TlsFiles> open = new ArrayList<>();

    Certificates(Optional<Metrics> metrics) {
        this.metrics = metrics;
    }

    /**
     * Has a listener speak TLS, if that is enabled.
     *
     * @param section of the configuration, such as {@code server.http}
     * @throws GatewayStartException if a file cannot be used
     */
    void apply(String section, ListenerTls tls, UndertowServer.Builder server) {
        if (!tls.enabled()) {
            return;
        }
        TlsFiles.Builder builder = TlsFiles.builder()
                .certificate(tls.cert().orElseThrow(), tls.key().orElseThrow())
                .clientAuth(tls.clientAuth())
                .minVersion(tls.minVersion());
        tls.clientCa().ifPresent(builder::authorities);
        try {
            TlsFiles files = builder.build();
            open.add(files);
            metrics.ifPresent(m -> m.watch(section, files));
            server.tls(files.serverContext());
        } catch (IllegalArgumentException e) {
            throw new GatewayStartException(section + ".tls: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        open.forEach(TlsFiles::close);
    }
}
