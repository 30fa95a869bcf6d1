package io.tollgate.runner.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A client that sends exactly the bytes it is told to, and reads answers one by one. */
final class RawClient implements AutoCloseable {
    private final Socket socket;
    private final InputStream in;

    RawClient(InetSocketAddress server) {
        try {
            socket = new Socket(InetAddress.getLoopbackAddress(), server.getPort());
            socket.setSoTimeout(20_000);
            socket.setTcpNoDelay(true);
            in = socket.getInputStream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One answer to {@code text}, on a connection of its own. */
    static RawResponse exchange(InetSocketAddress server, String text) {
        try (RawClient client = new RawClient(server)) {
            return client.send(text).read();
        }
    }

    RawClient send(String text) {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    RawClient send(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
            socket.getOutputStream().flush();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Says that nothing more will be sent. */
    RawClient shutdownOutput() {
        try {
            socket.shutdownOutput();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Goes away with a reset instead of a goodbye. */
    void reset() {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The next answer, to a request that was not HEAD. */
    RawResponse read() {
        return read(false);
    }

    /** The next answer. */
    RawResponse read(boolean toHead) {
        try {
            ByteArrayOutputStream head = new ByteArrayOutputStream();
            while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
                int b = in.read();
                if (b < 0) {
                    throw new IOException("end of stream after: " + head.toString(StandardCharsets.ISO_8859_1));
                }
                head.write(b);
            }
            RawResponse response = RawResponse.ofHead(head.toString(StandardCharsets.ISO_8859_1));
            int length = toHead || response.status() < 200 || response.status() == 204
                    ? 0
                    : Integer.parseInt(response.header("Content-Length"));
            byte[] body = in.readNBytes(length);
            if (body.length < length) {
                throw new IOException("end of stream in the body");
            }
            return response.withBody(new String(body, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether the server has said that nothing more will come. */
    boolean isAtEnd() {
        try {
            return in.read() < 0;
        } catch (IOException e) {
            return true; // Reset, which is an end too.
        }
    }

    @Override
    public void close() {
        hangUp();
    }

    /** Closes the connection, before its time. */
    void hangUp() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
