package io.tollgate.examples.vertx;

import io.tollgate.servercontract.ServerUnderTest;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.impl.VertxThread;
import io.vertx.core.internal.VertxBootstrap;
import io.vertx.core.spi.VertxThreadFactory;
import io.vertx.ext.web.Router;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** A Vert.x server whose threads can be told from those of others. */
final class TestServer implements ServerUnderTest {
    private static final AtomicInteger SERVERS = new AtomicInteger();

    private final String threads = "server-" + SERVERS.incrementAndGet() + "-";
    private final Vertx vertx = VertxBootstrap.create()
            .threadFactory(new NamedThreads(threads))
            .init()
            .vertx();
    private final HttpServer server;

    TestServer(Consumer<Router> routes) {
        Router router = Router.router(vertx);
        routes.accept(router);
        server = vertx.createHttpServer()
                .requestHandler(router)
                .listen(0, "127.0.0.1")
                .await();
    }

    private record NamedThreads(String prefix) implements VertxThreadFactory {
        @Override
        public VertxThread newVertxThread(
                Runnable target, String name, boolean worker, long maxExecTime, TimeUnit maxExecTimeUnit) {
            return VertxThreadFactory.INSTANCE.newVertxThread(
                    target, prefix + name, worker, maxExecTime, maxExecTimeUnit);
        }
    }

    @Override
    public int port() {
        return server.actualPort();
    }

    @Override
    public boolean isServerThread(Thread thread) {
        return thread.getName().startsWith(threads);
    }

    @Override
    public void close() {
        vertx.close().await();
    }
}
