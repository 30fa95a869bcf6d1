package io.tollgate.examples.services.server;

import static java.util.Objects.requireNonNull;
import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.opentelemetry.api.OpenTelemetry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running gRPC server with one service and the standard health service. Methods of the service run on the threads of
 * the network and must not block; {@link Workers} may.
 */
public final class GrpcServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(GrpcServer.class);

    /** Registrations and purchases are small; what is larger is a mistake or worse. */
    private static final int MAX_MESSAGE_BYTES = 64 * 1024;

    /** How often clients may ping. gRPC's own default is 5 minutes and ends the connection of one that asks more often. */
    private static final int KEEPALIVE_SECONDS = 30;

    private final String name;
    private final Server server;
    private final HealthStatusManager health;
    private final OpenStreams streams;
    private final Duration drainTimeout;

    private GrpcServer(
            String name, Server server, HealthStatusManager health, OpenStreams streams, Duration drainTimeout) {
        this.name = name;
        this.server = server;
        this.health = health;
        this.streams = streams;
        this.drainTimeout = drainTimeout;
    }

    /**
     * Starts to listen.
     *
     * @param drainTimeout for how long {@link #close()} waits for calls in flight
     * @param telemetry whom calls are told to, each as a span
     * @throws UncheckedIOException if the address cannot be listened on
     */
    public static GrpcServer start(
            InetSocketAddress address, Duration drainTimeout, OpenTelemetry telemetry, BindableService service) {
        requireNonNull(drainTimeout, "drainTimeout");
        String name = service.bindService().getServiceDescriptor().getName();
        HealthStatusManager health = new HealthStatusManager();
        OpenStreams streams = new OpenStreams();
        // The interceptor that is added last is the first to see a call.
        Server server = NettyServerBuilder.forAddress(address)
                .directExecutor()
                .addService(service)
                .addService(health.getHealthService())
                .intercept(streams)
                .intercept(new Failures())
                .intercept(new CallLog())
                .intercept(new Spans(telemetry))
                .intercept(new RequestId())
                .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                .permitKeepAliveTime(KEEPALIVE_SECONDS, SECONDS)
                .permitKeepAliveWithoutCalls(true)
                .build();
        try {
            server.start();
        } catch (IOException e) {
            throw new UncheckedIOException(cannotListen(address, e), e);
        }
        health.setStatus(name, ServingStatus.SERVING);
        log.info("{} listens on {}:{}", name, address.getHostString(), server.getPort());
        return new GrpcServer(name, server, health, streams, drainTimeout);
    }

    /** The port that is listened on. */
    public int port() {
        return server.getPort();
    }

    /** Blocks until the server is closed. */
    public void awaitTermination() throws InterruptedException {
        server.awaitTermination();
    }

    /**
     * Reports {@code NOT_SERVING}, takes no new call, waits for those in flight, and cancels what is left when the time
     * is up. Idempotent.
     */
    @Override
    public synchronized void close() {
        if (server.isTerminated()) {
            return;
        }
        log.info("{} shuts down", name);
        health.enterTerminalState();
        server.shutdown();
        streams.end();
        boolean interrupted = false;
        try {
            if (!server.awaitTermination(drainTimeout.toNanos(), NANOSECONDS)) {
                log.warn("{} cancels the calls still in flight after {}", name, drainTimeout);
            }
        } catch (InterruptedException e) {
            interrupted = true;
        }
        server.shutdownNow();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        log.info("{} is down", name);
    }

    private static String cannotListen(InetSocketAddress address, IOException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        return "cannot listen on " + address.getHostString() + ":" + address.getPort() + ": " + cause.getMessage();
    }
}
