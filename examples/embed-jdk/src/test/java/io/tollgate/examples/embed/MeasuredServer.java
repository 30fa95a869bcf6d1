package io.tollgate.examples.embed;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpServer;
import io.tollgate.httpserver.GuardFilter;
import io.tollgate.servercontract.MeasuredVariant;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.Executors;

/** The server that {@code make bench-embedded} measures. */
final class MeasuredServer {
    private static final int THREADS = 64;
    private static final byte[] GREETING = MeasuredVariant.GREETING.getBytes(UTF_8);

    private MeasuredServer() {}

    /** Serves until the process is ended; see {@link MeasuredVariant} for the arguments. */
    public static void main(String[] arguments) throws IOException {
        MeasuredVariant variant = MeasuredVariant.parse(arguments);
        System.setProperty("sun.net.httpserver.nodelay", "true"); // Else each response waits for an acknowledgement.
        HttpServer server = HttpServer.create(variant.address(), 0);
        server.setExecutor(Executors.newFixedThreadPool(THREADS));
        HttpContext hello = server.createContext("/hello", exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "text/plain");
            exchange.sendResponseHeaders(200, GREETING.length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(GREETING);
            }
        });
        variant.guard().ifPresent(guard -> hello.getFilters().add(GuardFilter.of(guard)));
        server.start();
    }
}
