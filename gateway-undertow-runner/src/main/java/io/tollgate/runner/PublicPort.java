package io.tollgate.runner;

import io.tollgate.runner.config.GatewayConfig;
import io.tollgate.runner.config.TranscodingConfig;
import io.tollgate.undertow.UndertowServer;

/** The listener of the gateway's clients. */
final class PublicPort {
    /** So that the size of the head is the limit: fields of exposed services may be repeated. */
    private static final int MAX_PARAMETERS = 10_000;

    private PublicPort() {}

    /** Returns a server with these settings, which lacks its endpoint. */
    static UndertowServer.Builder of(GatewayConfig gateway) {
        GatewayConfig.Http config = gateway.server().http();
        UndertowServer.Builder server = UndertowServer.builder()
                .name("tollgate-http")
                .host(config.host())
                .port(config.port())
                .trustedProxies(config.trustedProxies())
                .h2c(config.h2c())
                .http2(config.http2())
                .maxStreams(config.maxStreams())
                .maxHeaderSize(config.maxHeaderSize())
                .maxParameters(MAX_PARAMETERS)
                .headTimeout(config.readTimeout())
                .maxBodySize(gateway.transcoding().services().stream()
                        .mapToLong(TranscodingConfig.Service::maxBodySize)
                        .reduce(config.maxBodySize(), Math::max))
                .bodyTimeout(config.readTimeout())
                .writeTimeout(config.writeTimeout())
                .idleTimeout(config.idleTimeout())
                .drainTimeout(config.gracefulShutdownTimeout())
                .drainIdleTimeout(config.drainIdleTimeout());
        config.strictTransport().ifPresent(server::strictTransportSecurity);
        if (config.maxConnections() > 0) {
            server.maxConnections(config.maxConnections());
        }
        if (config.maxConnectionsPerAddress() > 0) {
            server.maxConnectionsPerAddress(config.maxConnectionsPerAddress());
        }
        if (config.maxBufferedBytes() > 0) {
            server.maxBufferedBytes(config.maxBufferedBytes());
        }
        return config.ioThreads() > 0 ? server.ioThreads(config.ioThreads()) : server;
    }
}
