package io.tollgate.examples.helidon;

import io.helidon.http.HeaderValues;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import io.tollgate.servercontract.ServerUnderTest;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/** A Helidon server that knows its threads. All servers give the same name to theirs, so test classes use them one after another. */
final class TestServer implements ServerUnderTest {
    /** The name of a lock. */
    static final String THREADS = "threads of Helidon";

    /** Kept here, since loggers are held weakly. */
    private static final Logger LOGGER = Logger.getLogger("io.helidon");

    static {
        LOGGER.setLevel(Level.WARNING);
    }

    private final Set<Thread> handling = ConcurrentHashMap.newKeySet();
    private final WebServer server;
    private final int port;

    TestServer(Consumer<HttpRouting.Builder> routes) {
        server = WebServer.builder()
                .host("127.0.0.1")
                .port(0)
                .shutdownHook(false)
                .routing(routing -> {
                    routing.addFilter((chain, request, response) -> {
                        handling.add(Thread.currentThread());
                        chain.proceed();
                        if (request.headers().contains(HeaderValues.CONNECTION_CLOSE)) {
                            throw new CloseConnectionException("Helidon leaves this to the client");
                        }
                    });
                    routes.accept(routing);
                })
                .build()
                .start();
        port = server.port();
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public boolean isServerThread(Thread thread) {
        return handling.contains(thread) || thread.getName().equals("server-@default-listener");
    }

    @Override
    public void close() {
        server.stop();
    }
}
