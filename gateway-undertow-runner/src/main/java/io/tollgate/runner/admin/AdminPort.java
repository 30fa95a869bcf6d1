package io.tollgate.runner.admin;

import static java.util.Objects.requireNonNull;

import ch.qos.logback.classic.LoggerContext;
import io.tollgate.runner.admin.health.Readiness;
import io.tollgate.runner.admin.live.LiveFeed;
import io.tollgate.runner.config.GatewayConfig;
import io.tollgate.runner.telemetry.Metrics;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpHandler;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.Options;

/**
 * The operators' port. Has threads of its own, so that the public port's overload does not reach it, and one more that
 * looks at the components and takes the samples.
 */
public final class AdminPort implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(AdminPort.class);
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final int MAX_CONNECTIONS = 256;
    private static final int WORKERS = 3;
    private static final int LOOK_MILLIS = 250;
    private static final int SAMPLE_MILLIS = 1000;

    private final Undertow server;
    private final ScheduledExecutorService pulse;

    private AdminPort(Undertow server, ScheduledExecutorService pulse) {
        this.server = server;
        this.pulse = pulse;
    }

    /**
     * What is shown.
     *
     * @param metrics nothing where they are switched off
     */
    public record Content(Readiness readiness, LiveFeed feed, Info info, Optional<Metrics> metrics) {}

    /**
     * Listens.
     *
     * @throws IOException with a message of one line if the address cannot be listened on; nothing stays open then
     */
    public static AdminPort start(GatewayConfig.Admin config, Content content) throws IOException {
        resolve(config);
        Undertow server = Undertow.builder()
                .addHttpListener(config.port(), config.host())
                .setIoThreads(1)
                .setWorkerThreads(WORKERS)
                .setWorkerOption(Options.WORKER_NAME, "tollgate-admin-" + COUNT.incrementAndGet())
                .setWorkerOption(Options.THREAD_DAEMON, true)
                .setSocketOption(Options.CONNECTION_HIGH_WATER, MAX_CONNECTIONS)
                .setSocketOption(Options.CONNECTION_LOW_WATER, MAX_CONNECTIONS - 1)
                .setSocketOption(Options.REUSE_ADDRESSES, true)
                .setServerOption(UndertowOptions.MAX_HEADER_SIZE, 16 * 1024)
                .setServerOption(UndertowOptions.MAX_HEADERS, 64)
                .setServerOption(UndertowOptions.MAX_PARAMETERS, 16)
                .setServerOption(UndertowOptions.MAX_ENTITY_SIZE, 64L * 1024)
                .setServerOption(UndertowOptions.REQUEST_PARSE_TIMEOUT, 5_000)
                .setServerOption(UndertowOptions.NO_REQUEST_TIMEOUT, 30_000)
                .setServerOption(UndertowOptions.SHUTDOWN_TIMEOUT, 1_000)
                .setServerOption(UndertowOptions.ENABLE_HTTP2, false)
                .setHandler(handler(config, content))
                .build();
        try {
            server.start();
        } catch (RuntimeException e) {
            throw new IOException(cannotListen(config, e), e);
        }
        return new AdminPort(server, pulse(content));
    }

    /** Where it listens, with the port it was given if that was 0. */
    public InetSocketAddress address() {
        return (InetSocketAddress) server.getListenerInfo().get(0).getAddress();
    }

    /** Answers nobody any more. */
    @Override
    public void close() {
        pulse.shutdownNow();
        server.stop();
    }

    private static HttpHandler handler(GatewayConfig.Admin config, Content content) {
        Guard guard = new Guard(config);
        List<Page> pages = new ArrayList<>(new HealthPages(content.readiness()).pages());
        content.metrics().ifPresent(metrics -> pages.add(MetricsPage.of(metrics)));
        pages.add(content.info().page());
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            pages.addAll(new LoggerPages(guard, context).pages());
        }
        pages.addAll(new LivePages(content.feed()).pages());
        pages.addAll(StaticPages.pages());
        return new Hurry(new Pages(pages, guard));
    }

    private static ScheduledExecutorService pulse(Content content) {
        ScheduledExecutorService pulse = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "tollgate-admin-pulse");
            thread.setDaemon(true);
            return thread;
        });
        every(pulse, LOOK_MILLIS, content.readiness()::look);
        every(pulse, SAMPLE_MILLIS, content.feed()::tick);
        return pulse;
    }

    private static void every(ScheduledExecutorService pulse, int millis, Runnable task) {
        ScheduledFuture<?> unused = pulse.scheduleAtFixedRate(
                () -> {
                    try {
                        task.run();
                    } catch (RuntimeException e) {
                        // A task that throws would not be run again.
                        log.error("The admin port's sampling failed", e);
                    }
                },
                millis,
                millis,
                TimeUnit.MILLISECONDS);
    }

    private static void resolve(GatewayConfig.Admin config) throws IOException {
        try {
            requireNonNull(InetAddress.getByName(config.host()));
        } catch (UnknownHostException e) {
            throw new IOException("server.admin.host: " + config.host() + ": no such address", e);
        }
    }

    private static String cannotListen(GatewayConfig.Admin config, RuntimeException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        String reason = String.valueOf(cause.getMessage()).lines().findFirst().orElse("unknown reason");
        String advice = cause instanceof BindException
                ? " (choose another one with SERVER_ADMIN_PORT, or do without: server.admin.enabled: false)"
                : "";
        return "server.admin.port: cannot listen on " + config.host() + ":" + config.port() + ": " + reason + advice;
    }
}
