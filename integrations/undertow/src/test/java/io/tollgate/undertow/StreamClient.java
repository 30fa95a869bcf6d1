package io.tollgate.undertow;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;

/** A client that reads a response in its pieces, no sooner than the test asks for them. */
final class StreamClient implements AutoCloseable {
    private final Socket socket = new Socket();
    private final InputStream in;

    StreamClient(InetSocketAddress server) throws IOException {
        this(server, "127.0.0.1");
    }

    StreamClient(InetSocketAddress server, String from) throws IOException {
        socket.bind(new InetSocketAddress(from, 0));
        socket.setReceiveBufferSize(16 * 1024);
        socket.setSoTimeout(20_000);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getPort()));
        in = new BufferedInputStream(socket.getInputStream());
    }

    StreamClient send(String request) throws IOException {
        socket.getOutputStream().write(request.getBytes(ISO_8859_1));
        return this;
    }

    StreamClient get(String path) throws IOException {
        return send("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
    }

    /** Closes the connection by a reset. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    void shutdownOutput() throws IOException {
        socket.shutdownOutput();
    }

    /** Returns the next head, lines with CRLF between. */
    String head() throws IOException {
        StringBuilder head = new StringBuilder();
        for (String line = line(); !line.isEmpty(); line = line()) {
            head.append(line).append("\r\n");
        }
        return head.toString();
    }

    /** Returns the content of the next chunk; empty for the last one. */
    byte[] chunk() throws IOException {
        int size = Integer.parseInt(line(), 16);
        byte[] content = in.readNBytes(size);
        if (content.length < size || !line().isEmpty()) {
            throw new EOFException("the chunk breaks off");
        }
        return content;
    }

    String text() throws IOException {
        return new String(chunk(), ISO_8859_1);
    }

    /** Returns the content of all chunks up to the last one. */
    byte[] chunks() throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] chunk = chunk(); chunk.length > 0; chunk = chunk()) {
            all.writeBytes(chunk);
        }
        return all.toByteArray();
    }

    /** Returns how many bytes have arrived and are not read. */
    int available() throws IOException {
        return in.available();
    }

    byte[] bytes(int count) throws IOException {
        return in.readNBytes(count);
    }

    /** Returns everything until the server closes the connection. */
    byte[] rest() throws IOException {
        return in.readAllBytes();
    }

    /** Returns whether the server closes the connection without a response. */
    boolean isCut() {
        try {
            return in.read() < 0;
        } catch (SocketException e) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("closed after: " + line);
            }
            line.append((char) c);
        }
        return line.substring(0, Math.max(0, line.length() - 1));
    }

    /** Closes the connection, before its time. */
    void hangUp() throws IOException {
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
