package io.tollgate.examples.javalin;

import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.tollgate.servercontract.ServerUnderTest;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** A Javalin server whose threads can be told from those of others. */
final class TestServer implements ServerUnderTest {
    private static final AtomicInteger SERVERS = new AtomicInteger();

    private final String threads = "javalin-" + SERVERS.incrementAndGet();
    private final Javalin server;
    private final int port;

    TestServer(Consumer<JavalinConfig> settings) {
        QueuedThreadPool pool = new QueuedThreadPool(50);
        pool.setName(threads);
        server = Javalin.create(config -> {
            config.showJavalinBanner = false;
            config.jetty.threadPool = pool;
            settings.accept(config);
        });
        port = server.start("127.0.0.1", 0).port();
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public boolean isServerThread(Thread thread) {
        return thread.getName().startsWith(threads + "-");
    }

    @Override
    public void close() {
        server.stop();
    }
}
