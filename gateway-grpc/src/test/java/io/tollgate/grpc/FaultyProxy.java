package io.tollgate.grpc;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** A TCP proxy on a free port of the loopback, in front of another port, which fails as networks do. Thread-safe. */
public final class FaultyProxy implements AutoCloseable {
    private static final int BACKLOG = 1_024;

    private final int target;
    private final int port;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final AtomicInteger accepted = new AtomicInteger();
    private final Object gate = new Object();
    private boolean stalled; // guarded by gate
    private volatile boolean closed;
    private volatile long delayNanos;
    private volatile ServerSocket listener;

    /** Starts to pass connections on to {@code target}, a port of the loopback. */
    public FaultyProxy(int target) {
        this.target = target;
        this.listener = listen(0);
        this.port = listener.getLocalPort();
    }

    public int port() {
        return port;
    }

    /** Returns the number of connections that were made so far. */
    public int accepted() {
        return accepted.get();
    }

    /** Resets every connection, wherever in a frame it is. New ones pass. */
    public void cut() {
        links.forEach(Link::reset);
    }

    /** Closes every connection in order, as the kernel does for a process that is killed. New ones pass. */
    public void hangUp() {
        links.forEach(Link::end);
    }

    /** Lets nothing through any more of the connections that there are, and keeps them open: both ends see nothing of it. */
    public void abandon() {
        links.forEach(link -> link.abandoned = true);
    }

    /** Holds whatever is sent, of new connections too, until {@link #resume}. */
    public void stall() {
        synchronized (gate) {
            stalled = true;
        }
    }

    /** Lets pass what was held. */
    public void resume() {
        synchronized (gate) {
            stalled = false;
            gate.notifyAll();
        }
    }

    /** Holds every piece that is sent for this time. */
    public void delay(Duration value) {
        delayNanos = value.toNanos();
    }

    /** Resets every connection and rejects new ones, as if nobody listened. */
    public void refuse() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        cut();
    }

    /** Accepts connections again, on the same port. */
    public void accept() {
        listener = listen(port);
    }

    @Override
    public void close() {
        closed = true;
        refuse();
        resume();
    }

    private ServerSocket listen(int on) {
        try {
            ServerSocket socket = new ServerSocket();
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), on), BACKLOG);
            start("accept", () -> acceptAll(socket));
            return socket;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void acceptAll(ServerSocket socket) {
        while (!socket.isClosed()) {
            try {
                Link link = new Link(socket.accept());
                accepted.incrementAndGet();
                links.add(link);
                if (socket.isClosed()) { // it came between the end of listening and that of the links
                    link.reset();
                    return;
                }
                start("link", link::open);
            } catch (IOException e) {
                // closed, or the client went away at once
            }
        }
    }

    private static void start(String name, Runnable task) {
        Thread thread = new Thread(task, "faulty-proxy-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    /** Waits while everything is held, and for the delay. */
    private void hold() throws IOException {
        long delay = delayNanos;
        long until = System.nanoTime() + delay;
        for (long left = delay; left > 0; left = until - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
        synchronized (gate) {
            while (stalled && !closed) {
                try {
                    TimeUnit.MILLISECONDS.timedWait(gate, 1_000);
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            }
        }
    }

    /** A connection of a client, and the one to the target. */
    private final class Link {
        private final Socket client;
        private volatile boolean abandoned;
        private volatile Socket server;

        Link(Socket client) {
            this.client = client;
            this.server = new Socket();
        }

        void open() {
            try {
                hold();
                server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
                client.setTcpNoDelay(true);
                server.setTcpNoDelay(true);
            } catch (IOException e) {
                reset();
                return;
            }
            start("back", () -> pump(server, client));
            pump(client, server);
        }

        private void pump(Socket from, Socket to) {
            byte[] buffer = new byte[16 << 10];
            try {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    hold();
                    if (!abandoned) {
                        out.write(buffer, 0, n);
                    }
                }
                if (!abandoned) {
                    end();
                }
            } catch (IOException e) {
                if (!abandoned) {
                    reset();
                }
            }
        }

        /** Ends both connections in order, or as far as they are alive. */
        private void end() {
            links.remove(this);
            close(client);
            close(server);
        }

        void reset() {
            links.remove(this);
            abandoned = true;
            for (Socket socket : new Socket[] {client, server}) {
                try {
                    socket.setSoLinger(true, 0);
                } catch (IOException e) {
                    // closed already
                }
                close(socket);
            }
        }

        private void close(Socket socket) {
            try {
                socket.close();
            } catch (IOException e) {
                // it is of no use any more in any case
            }
        }
    }
}
