package io.tollgate.examples.benchmarks.server;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicLong;

/** An OTLP endpoint that accepts every trace and keeps none. */
public final class TraceSink implements AutoCloseable {
    private final HttpServer server;
    private final AtomicLong batches = new AtomicLong();

    private TraceSink(HttpServer server) {
        this.server = server;
    }

    /** Listens on a free port. */
    public static TraceSink start() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
        TraceSink sink = new TraceSink(server);
        server.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
            sink.batches.incrementAndGet();
        });
        server.start();
        return sink;
    }

    /** Returns its URL, for {@code OTEL_EXPORTER_OTLP_ENDPOINT}. */
    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Returns how many batches of spans have arrived. */
    public long batches() {
        return batches.get();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
