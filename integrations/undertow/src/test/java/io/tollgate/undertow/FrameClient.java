package io.tollgate.undertow;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** A client that writes any frames of HTTP/2, hostile ones as well, and shows those of the server. */
final class FrameClient implements AutoCloseable {
    private final Socket socket;
    private final DataInputStream in;
    private final HpackDecoder decoder = new HpackDecoder();

    /** A frame of the server; a field section is decoded. */
    @SuppressWarnings("ArrayRecordComponent") // Nobody compares frames.
    record Frame(int type, int flags, int stream, byte[] payload, Map<String, String> fields) {
        boolean has(int flag) {
            return (flags & flag) != 0;
        }

        int number(int at) {
            return ByteBuffer.wrap(payload).getInt(at);
        }

        String status() {
            return fields.get(":status");
        }

        /** The error code of RST_STREAM or GOAWAY. */
        Http2Error error() {
            int code = number(type == Http2Frame.GOAWAY ? 4 : 0);
            return Arrays.stream(Http2Error.values())
                    .filter(error -> error.code() == code)
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("error code " + code));
        }
    }

    /** A whole response. */
    record Response(Map<String, String> fields, String body) {
        String status() {
            return fields.get(":status");
        }
    }

    FrameClient(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(20_000);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    }

    /** Connects without a word. */
    static FrameClient silent(InetSocketAddress server) throws IOException {
        return new FrameClient(new Socket(InetAddress.getLoopbackAddress(), server.getPort()));
    }

    /** Connects, and exchanges settings. */
    static FrameClient connect(InetSocketAddress server, int... settings) throws IOException {
        return silent(server).greet(settings);
    }

    FrameClient greet(int... settings) throws IOException {
        raw(Http2Reader.PREFACE);
        settings(settings);
        next(frame -> frame.type() == Http2Frame.SETTINGS && !frame.has(Http2Frame.ACK));
        frame(Http2Frame.SETTINGS, Http2Frame.ACK, 0);
        return this;
    }

    FrameClient raw(byte... bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    FrameClient frame(int type, int flags, int stream, byte... payload) throws IOException {
        return raw(bytes(type, flags, stream, payload));
    }

    static byte[] bytes(int type, int flags, int stream, byte... payload) {
        return ByteBuffer.allocate(9 + payload.length)
                .putInt(payload.length << 8 | type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload)
                .array();
    }

    FrameClient settings(int... idsAndValues) throws IOException {
        ByteBuffer payload = ByteBuffer.allocate(idsAndValues.length * 3);
        for (int i = 0; i < idsAndValues.length; i += 2) {
            payload.putShort((short) idsAndValues[i]).putInt(idsAndValues[i + 1]);
        }
        return frame(Http2Frame.SETTINGS, 0, 0, payload.array());
    }

    FrameClient window(int stream, int increment) throws IOException {
        return frame(Http2Frame.WINDOW_UPDATE, 0, stream, four(increment));
    }

    FrameClient reset(int stream) throws IOException {
        return frame(Http2Frame.RST_STREAM, 0, stream, four(Http2Error.CANCEL.code()));
    }

    static byte[] octets(int... octets) {
        byte[] bytes = new byte[octets.length];
        for (int i = 0; i < octets.length; i++) {
            bytes[i] = (byte) octets[i];
        }
        return bytes;
    }

    static byte[] four(int number) {
        return ByteBuffer.allocate(4).putInt(number).array();
    }

    FrameClient get(int stream, String path) throws IOException {
        return headers(stream, true, request("GET", path));
    }

    FrameClient post(int stream, String path) throws IOException {
        return headers(stream, false, request("POST", path));
    }

    FrameClient headers(int stream, boolean ends, String... fields) throws IOException {
        int flags = Http2Frame.END_HEADERS | (ends ? Http2Frame.END_STREAM : 0);
        return frame(Http2Frame.HEADERS, flags, stream, section(fields));
    }

    FrameClient data(int stream, boolean ends, String content) throws IOException {
        return frame(Http2Frame.DATA, ends ? Http2Frame.END_STREAM : 0, stream, content.getBytes(ISO_8859_1));
    }

    static String[] request(String method, String path, String... more) {
        List<String> fields = new ArrayList<>(
                List.of(":method", method, ":scheme", "http", ":authority", "localhost", ":path", path));
        fields.addAll(List.of(more));
        return fields.toArray(String[]::new);
    }

    /** Returns fields as literals that are not indexed. */
    static byte[] section(String... fields) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < fields.length; i += 2) {
            out.write(0);
            string(out, fields[i]);
            string(out, fields[i + 1]);
        }
        return out.toByteArray();
    }

    static void string(ByteArrayOutputStream out, String text) {
        byte[] bytes = text.getBytes(ISO_8859_1);
        integer(out, 0, 7, bytes.length);
        out.writeBytes(bytes);
    }

    static void integer(ByteArrayOutputStream out, int flags, int prefix, int value) {
        int mask = (1 << prefix) - 1;
        if (value < mask) {
            out.write(flags | value);
            return;
        }
        out.write(flags | mask);
        int rest = value - mask;
        for (; rest >= 0x80; rest >>>= 7) {
            out.write(rest | 0x80);
        }
        out.write(rest);
    }

    /** Returns the next frame. */
    Frame next() throws IOException {
        int lengthAndType = in.readInt();
        int flags = in.readByte() & 0xff;
        int stream = in.readInt();
        byte[] payload = in.readNBytes(lengthAndType >>> 8);
        if (payload.length < lengthAndType >>> 8) {
            throw new EOFException("the frame breaks off");
        }
        Map<String, String> fields = new LinkedHashMap<>();
        int type = lengthAndType & 0xff;
        if (type == Http2Frame.HEADERS) {
            decoder.decode(ByteBuffer.wrap(payload), fields::put);
        }
        return new Frame(type, flags, stream, payload, fields);
    }

    /** Returns the next frame that is looked for, past others. */
    Frame next(Predicate<Frame> wanted) throws IOException {
        Frame frame = next();
        while (!wanted.test(frame)) {
            frame = next();
        }
        return frame;
    }

    Frame next(int type) throws IOException {
        return next(frame -> frame.type() == type);
    }

    /** Returns the response on a stream, past frames of others; it must not be reset. */
    Response response(int stream) throws IOException {
        Map<String, String> head = Map.of();
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        Frame frame;
        do {
            frame = next(one -> one.stream() == stream && one.type() != Http2Frame.WINDOW_UPDATE);
            switch (frame.type()) {
                case Http2Frame.HEADERS -> head = frame.fields();
                case Http2Frame.DATA -> body.writeBytes(frame.payload());
                default -> throw new AssertionError("frame " + frame);
            }
        } while (!frame.has(Http2Frame.END_STREAM));
        return new Response(head, body.toString(ISO_8859_1));
    }

    /** Waits for the response to a PING, so that all that was sent before has been read. */
    FrameClient settle() throws IOException {
        frame(Http2Frame.PING, 0, 0, new byte[8]);
        next(frame -> frame.type() == Http2Frame.PING && frame.has(Http2Frame.ACK));
        return this;
    }

    /** Returns the frames that are left until the server closes the connection. */
    List<Frame> rest() throws IOException {
        List<Frame> frames = new ArrayList<>();
        try {
            while (true) {
                frames.add(next());
            }
        } catch (EOFException | SocketException e) {
            return frames;
        }
    }

    /** Returns the error with which the server closes the connection. */
    Http2Error goAway() throws IOException {
        List<Frame> frames = rest();
        return frames.stream()
                .filter(frame -> frame.type() == Http2Frame.GOAWAY)
                .reduce((before, last) -> last)
                .map(Frame::error)
                .orElseThrow(() -> new AssertionError("closed without GOAWAY: " + frames));
    }

    void shutdownOutput() throws IOException {
        socket.shutdownOutput();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
