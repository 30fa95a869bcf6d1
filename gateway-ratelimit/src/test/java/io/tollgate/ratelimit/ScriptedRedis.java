package io.tollgate.ratelimit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A server that reads commands as Redis does, and replies as Redis never would: with the bytes of a script. */
final class ScriptedRedis implements AutoCloseable {
    static final String OK = "+OK\r\n";

    private final ServerSocket listener;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();
    private volatile Script script;
    private volatile boolean closed;

    /** Replies to commands. */
    @FunctionalInterface
    interface Script {
        /** Returns the bytes of the reply, one for each character; null to close the connection. */
        @Nullable
        String reply(List<String> command) throws IOException;
    }

    ScriptedRedis(Script script) {
        this.script = script;
        try {
            this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start(this::accept, "scripted-redis");
    }

    /** Returns a script that lets a limiter connect, and replies to decisions and refunds with {@code reply}. */
    static Script deciding(String reply) {
        return command -> "EVALSHA".equals(command.get(0)) ? reply : OK;
    }

    /** Returns the reply of a Redis whose bucket has that many tokens left of a limit of one window. */
    static String allowed(long tokens) {
        long now = System.currentTimeMillis() * 1_000;
        return bulk("1 " + now + " " + tokens * 1_000_000 + " " + now + " 0");
    }

    static String bulk(String text) {
        return "$" + text.length() + "\r\n" + text + "\r\n";
    }

    void script(Script next) {
        script = next;
    }

    int port() {
        return listener.getLocalPort();
    }

    String address() {
        return "127.0.0.1:" + port();
    }

    /** Returns the number of connections that were accepted. */
    int connections() {
        return connections.get();
    }

    private void accept() {
        while (!closed) {
            try {
                Socket client = listener.accept();
                connections.incrementAndGet();
                open.add(client);
                start(() -> serve(client), "scripted-redis-client");
            } catch (IOException e) {
                return; // Closed.
            }
        }
    }

    private void serve(Socket client) {
        try (client;
                DataInputStream in = new DataInputStream(new BufferedInputStream(client.getInputStream()))) {
            OutputStream out = client.getOutputStream();
            while (!closed) {
                List<String> command = command(in);
                String reply = script.reply(command);
                if (reply == null) {
                    return;
                }
                out.write(reply.getBytes(ISO_8859_1));
                out.flush();
            }
        } catch (IOException e) {
            // The client has gone, as it should if the reply was one of ours.
        } finally {
            open.remove(client);
        }
    }

    private static List<String> command(DataInputStream in) throws IOException {
        int arguments = header(in, '*');
        List<String> command = new ArrayList<>();
        for (int i = 0; i < arguments; i++) {
            byte[] argument = new byte[header(in, '$')];
            in.readFully(argument);
            in.skipNBytes(2);
            command.add(new String(argument, ISO_8859_1));
        }
        return command;
    }

    private static int header(DataInputStream in, char type) throws IOException {
        if (in.readByte() != type) {
            throw new IOException("not a command");
        }
        int number = 0;
        for (int digit = in.readByte(); digit != '\r'; digit = in.readByte()) {
            number = number * 10 + digit - '0';
        }
        in.skipNBytes(1);
        return number;
    }

    private static void start(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        closed = true;
        try {
            listener.close();
            for (Socket each : open) {
                each.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
