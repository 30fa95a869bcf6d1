package io.tollgate.undertow;

import static java.util.Objects.requireNonNull;

import io.undertow.UndertowOptions;
import io.undertow.server.DefaultByteBufferPool;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.xnio.ChannelListener;
import org.xnio.ChannelListeners;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.StreamConnection;
import org.xnio.Xnio;
import org.xnio.XnioWorker;
import org.xnio.channels.AcceptingChannel;

/**
 * Accepts the connections of a server. Opens the XNIO channel itself rather than through {@code io.undertow.Undertow}, which
 * leaves no room between the socket and the parser, where the responses to unreadable requests are made.
 */
final class Listener implements AutoCloseable {
    static final int BUFFER_SIZE = 16 * 1024;

    /** Room for a record of TLS (RFC 8446, section 5.2) and its head. */
    private static final int RECORD_SIZE = 17 * 1024;

    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final int BACKLOG = 1024;
    private static final Duration FORGET_FAILURES = Duration.ofSeconds(1);
    private static final Duration WORKER_STOPS_WITHIN = Duration.ofSeconds(2);

    private final XnioWorker worker;
    private final AcceptingChannel<StreamConnection> listener;
    private final DefaultByteBufferPool buffers;
    private final DefaultByteBufferPool records;
    private final Connections connections;
    private final ServerSettings settings;
    private final InetSocketAddress address;
    private boolean closed; // guarded by this

    private Listener(
            XnioWorker worker,
            AcceptingChannel<StreamConnection> listener,
            DefaultByteBufferPool buffers,
            DefaultByteBufferPool records,
            Connections connections,
            ServerSettings settings) {
        this.worker = worker;
        this.listener = listener;
        this.buffers = buffers;
        this.records = records;
        this.connections = connections;
        this.settings = settings;
        this.address = requireNonNull(listener.getLocalAddress(InetSocketAddress.class), "address");
    }

    /**
     * Listens.
     *
     * @throws IOException with a message of one line if the address cannot be listened on; nothing stays open then
     */
    static Listener start(ServerSettings settings, ServerEndpoint endpoint, UnreadableResponder unreadable)
            throws IOException {
        InetSocketAddress address = resolve(settings);
        ServerSettings.Security security = settings.security();
        int tasks = security == null ? 1 : settings.ioThreads();
        XnioWorker worker = Xnio.getInstance(Listener.class.getClassLoader())
                .createWorker(OptionMap.builder()
                        .set(Options.WORKER_NAME, settings.name() + "-" + COUNT.incrementAndGet())
                        .set(Options.WORKER_IO_THREADS, settings.ioThreads())
                        // Undertow asks for a pool of workers; nothing of ours runs there but handshakes.
                        .set(Options.WORKER_TASK_CORE_THREADS, tasks)
                        .set(Options.WORKER_TASK_MAX_THREADS, tasks)
                        .getMap());
        DefaultByteBufferPool buffers = new DefaultByteBufferPool(true, BUFFER_SIZE, -1, 4);
        DefaultByteBufferPool records = new DefaultByteBufferPool(true, RECORD_SIZE, -1, 4);
        try {
            Connections connections = new Connections(settings, unreadable, worker);
            ServerSettings.Occupants occupants = settings.occupants();
            int maxSockets = occupants.maxConnections() + occupants.maxRejected();
            Tls tls = security == null ? null : new Tls(security, worker, records, connections.failedHandshakes());
            Server server = new Server(settings, endpoint, unreadable, connections, buffers);
            Protocols protocols = new Protocols(server, tls, options(settings));
            ChannelListener<StreamConnection> open = connection -> {
                GuardedConnection guarded = connections.add(connection);
                if (guarded != null) {
                    protocols.start(guarded);
                }
            };
            AcceptingChannel<StreamConnection> listener = worker.createStreamConnectionServer(
                    address,
                    ChannelListeners.openListenerAdapter(open),
                    sendBuffer(settings.limits().sendBufferSize())
                            .set(Options.TCP_NODELAY, true)
                            .set(Options.REUSE_ADDRESSES, true)
                            .set(Options.BACKLOG, BACKLOG)
                            // While there are so many sockets, new connections wait in the kernel.
                            .set(Options.CONNECTION_HIGH_WATER, maxSockets)
                            // XNIO compares with it before it counts the closed one out.
                            .set(Options.CONNECTION_LOW_WATER, maxSockets)
                            .getMap());
            AcceptRetries.of(listener)
                    .ifPresent(
                            retries -> Repeating.start(worker.getIoThread(), FORGET_FAILURES, retries::forgetFailures));
            Acceptor.install(listener, open, settings.ioThreads());
            listener.resumeAccepts();
            return new Listener(worker, listener, buffers, records, connections, settings);
        } catch (Throwable e) {
            worker.shutdownNow();
            buffers.close();
            records.close();
            if (e instanceof IOException) {
                throw new IOException(
                        "cannot listen on " + settings.host() + ":" + settings.port() + ": " + oneLine(e.getMessage()),
                        e);
            }
            throw e;
        }
    }

    ServerStats stats() {
        return connections.stats();
    }

    /** Returns the address that it listens on, with the port that it got if 0 was set. */
    InetSocketAddress address() {
        return address;
    }

    /** Stops listening; connections go on. Does nothing the second time. */
    void stopListening() {
        IoUtils.safeClose(listener);
    }

    /**
     * Stops listening, and blocks until every connection has its responses and is closed, or the time for that is over and
     * those that are left are cut. Does nothing the second time, but blocks as long as the first.
     */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        stopListening();
        connections.drain(settings.drainTimeout(), settings.drainIdleTimeout());
        worker.shutdown();
        try {
            if (!worker.awaitTermination(WORKER_STOPS_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
                worker.shutdownNow();
            }
        } catch (InterruptedException e) {
            worker.shutdownNow();
            Thread.currentThread().interrupt();
        }
        buffers.close();
        records.close();
    }

    private static OptionMap.Builder sendBuffer(int size) {
        OptionMap.Builder options = OptionMap.builder();
        return size == 0 ? options : options.set(Options.SEND_BUFFER, size);
    }

    private static OptionMap options(ServerSettings settings) {
        return OptionMap.builder()
                .set(UndertowOptions.MAX_HEADER_SIZE, settings.heads().maxSize())
                .set(UndertowOptions.MAX_HEADERS, settings.heads().maxHeaders())
                .set(UndertowOptions.MAX_PARAMETERS, settings.heads().maxParameters())
                // Bodies are measured where they are read, and rejected in the words of the HTTP contract.
                .set(UndertowOptions.MAX_ENTITY_SIZE, -1L)
                .set(
                        UndertowOptions.REQUEST_PARSE_TIMEOUT,
                        millis(settings.heads().timeout()))
                .set(UndertowOptions.NO_REQUEST_TIMEOUT, millis(settings.idleTimeout()))
                // The route table decodes: an encoded slash must not look like a separator.
                .set(UndertowOptions.DECODE_URL, false)
                .set(UndertowOptions.ALWAYS_SET_KEEP_ALIVE, false)
                .set(UndertowOptions.BUFFER_PIPELINED_DATA, false)
                .set(UndertowOptions.ENABLE_HTTP2, false)
                .getMap();
    }

    private static InetSocketAddress resolve(ServerSettings settings) throws IOException {
        try {
            return new InetSocketAddress(InetAddress.getByName(settings.host()), settings.port());
        } catch (UnknownHostException e) {
            throw new IOException("cannot listen on " + settings.host() + ": no such address", e);
        }
    }

    private static int millis(Duration duration) {
        return (int) Math.min(Integer.MAX_VALUE, Math.max(1, duration.toMillis()));
    }

    private static String oneLine(String message) {
        return message == null ? "unknown reason" : message.lines().findFirst().orElse("unknown reason");
    }
}
