package io.tollgate.httpserver;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.tollgate.servercontract.ServerUnderTest;
import io.tollgate.servercontract.TestHandlers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** The JDK's server on a free port of the loopback address, whose threads have the server's own names. */
final class TestServer implements ServerUnderTest {
    private static final AtomicInteger SERVERS = new AtomicInteger();

    private final HttpServer server;
    private final ExecutorService threads;
    private final String threadName;

    /**
     * Starts a server.
     *
     * @param executor returns an executor whose threads have names that begin with the given text
     */
    TestServer(Function<String, ExecutorService> executor) throws IOException {
        threadName = "jdk-server-" + SERVERS.incrementAndGet() + "-";
        threads = executor.apply(threadName);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        ThreadGroup group = new ThreadGroup(threadName);
        Thread starter = new Thread(group, server::start); // Its thread is in the group of the thread that starts it.
        starter.start();
        try {
            starter.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Mounts the routes of a contract behind a filter. */
    TestServer with(TestHandlers handlers, Filter filter) {
        mount("/hello", filter, exchange -> text(exchange, handlers.hello(GuardFilter.principal(exchange))));
        mount("/blocking", filter, exchange -> text(exchange, handlers.blocking(GuardFilter.principal(exchange))));
        mount("/echo", filter, exchange -> {
            byte[] body = handlers.echo(exchange.getRequestBody().readAllBytes());
            send(exchange, 200, "application/octet-stream", body);
        });
        mount("/status", filter, exchange -> send(exchange, handlers.status(), "text/plain", new byte[0]));
        return this;
    }

    HttpContext mount(String path, Filter filter, HttpHandler handler) {
        HttpContext context = server.createContext(path, handler);
        context.getFilters().add(filter);
        return context;
    }

    void mount(String path, HttpHandler handler) {
        server.createContext(path, handler);
    }

    static void text(HttpExchange exchange, String text) throws IOException {
        send(exchange, 200, "text/plain; charset=utf-8", text.getBytes(UTF_8));
    }

    static void send(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.getResponseBody().close();
    }

    @Override
    public int port() {
        return server.getAddress().getPort();
    }

    @Override
    public boolean isServerThread(Thread thread) {
        ThreadGroup group = thread.getThreadGroup();
        return thread.getName().startsWith(threadName)
                || (group != null && group.getName().equals(threadName));
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdown();
    }
}
