package io.tollgate.examples.benchmarks.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpServer;
import io.tollgate.examples.benchmarks.process.Ports;
import io.tollgate.httpserver.GuardFilter;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.Executors;

/** The JDK's server. */
final class JdkServer {
    private static final int THREADS = 64;
    private static final byte[] HELLO = "Hello\n".getBytes(UTF_8);

    private JdkServer() {}

    /** Serves until the process is ended; see {@link Server} for the arguments. */
    public static void main(String[] args) throws IOException {
        System.setProperty("sun.net.httpserver.nodelay", "true");
        HttpServer server = HttpServer.create(Ports.address(Integer.parseInt(args[0])), 0);
        server.setExecutor(Executors.newFixedThreadPool(THREADS));
        HttpContext hello = server.createContext("/hello", exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "text/plain");
            exchange.sendResponseHeaders(200, HELLO.length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(HELLO);
            }
        });
        if (!args[1].equals(Server.BARE)) {
            hello.getFilters().add(GuardFilter.of(Guards.of(args[1], args[2])));
        }
        server.start();
    }
}
