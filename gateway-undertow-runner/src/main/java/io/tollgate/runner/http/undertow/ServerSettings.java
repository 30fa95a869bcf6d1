package io.tollgate.runner.http.undertow;

import io.tollgate.runner.config.GatewayConfig;
import java.time.Duration;

/**
 * The settings of a listener.
 *
 * @param name of its threads
 * @param port 0 takes any free port
 * @param ioThreads each serves its share of the connections
 * @param maxConnections beyond which new connections wait until others are closed
 * @param idleTimeout of a connection without a request
 * @param drainTimeout of in-flight requests when the listener is closed
 */
public record ServerSettings(
        String name,
        String host,
        int port,
        int ioThreads,
        int maxConnections,
        Heads heads,
        Limits limits,
        Duration idleTimeout,
        Duration drainTimeout) {
    /**
     * The limits of the head of a request.
     *
     * @param maxSize in bytes
     * @param timeout of its arrival
     */
    public record Heads(int maxSize, int maxHeaders, int maxParameters, Duration timeout) {}

    /**
     * The limits of the rest of an exchange.
     *
     * @param maxBodySize of the request, in bytes
     * @param readTimeout of the arrival of the request's body
     * @param writeTimeout of the client taking a response, or one buffer of a response that is a stream
     */
    public record Limits(long maxBodySize, Duration readTimeout, Duration writeTimeout) {}

    /** Returns the settings of the public port. */
    public static ServerSettings of(GatewayConfig.Http config) {
        return new ServerSettings(
                "tollgate-http",
                config.host(),
                config.port(),
                config.ioThreads() > 0
                        ? config.ioThreads()
                        : Math.max(2, Runtime.getRuntime().availableProcessors()),
                Integer.MAX_VALUE,
                new Heads(32 * 1024, 128, 256, config.readTimeout()),
                new Limits(config.maxBodySize(), config.readTimeout(), config.writeTimeout()),
                config.idleTimeout(),
                config.gracefulShutdownTimeout());
    }

    /** Returns the settings of the operators' port: a thread and small limits of its own. */
    public static ServerSettings of(GatewayConfig.Admin config) {
        return new ServerSettings(
                "tollgate-admin",
                config.host(),
                config.port(),
                1,
                256,
                new Heads(16 * 1024, 64, 16, Duration.ofSeconds(5)),
                new Limits(64 * 1024, Duration.ofSeconds(20), Duration.ofSeconds(20)),
                Duration.ofSeconds(30),
                Duration.ofMillis(100));
    }
}
