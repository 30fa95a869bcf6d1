package io.tollgate.undertow;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Reads the frames of a client (RFC 9113, sections 3.4, 4 and 6). Takes bytes as they arrive, as long as further frames may be read,
 * and keeps none but those of a field section or a control frame that is cut off. Checks what needs no knowledge of streams.
 */
final class Http2Reader {
    static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII);

    private static final byte[] NOTHING = {};
    private static final int PRIORITY_SIZE = 5;

    /** The maximum of SETTINGS, in bytes: far more than there are settings. */
    private static final int MAX_SETTINGS = 6 * 64;

    private final Frames frames;
    private final int maxSection;
    private final byte[] header = new byte[Http2Frame.HEADER_SIZE];
    private int prefaceRead;
    private int headerRead;
    private boolean settled;

    private int type;
    private int flags;
    private int stream;

    /** The bytes of the payload that have not been read; those of DATA without padding. */
    private int remaining;

    /** The bytes of padding that have not been read, of DATA. */
    private int padding;

    private boolean paddingRead;

    /** The part of a field section, or of a control frame, that has been read. */
    private byte[] kept = NOTHING;

    private int keptSize;

    /** The index in {@link #kept} of the payload of the current frame. */
    private int payloadStart;

    /** The stream whose field section must go on; 0 if there is none. */
    private int unfinished;

    private boolean endsStream;
    private boolean dependsOnItself;
    private long units;

    /** Takes what was read. */
    interface Frames {
        /** Returns whether another frame may be read: one that ends takes memory for its response. */
        boolean mayGoOn();

        /**
         * Takes content.
         *
         * @param flow the bytes that count for flow control: those of the content and of padding
         * @param endsStream whether it is the last
         */
        void data(int stream, ByteBuffer content, int flow, boolean endsStream) throws IOException;

        /**
         * Takes a whole field section.
         *
         * @param dependsOnItself whether its priority says so, an error of the stream
         */
        void headers(int stream, ByteBuffer section, boolean endsStream, boolean dependsOnItself) throws IOException;

        /** Takes a frame that changes no request: of priority, a continuation, or unknown. */
        void other(int stream, boolean dependsOnItself) throws IOException;

        /** Takes the end of a stream that the client has given up. */
        void reset(int stream) throws IOException;

        /** Takes one of the settings of a frame. */
        void setting(int id, long value) throws IOException;

        /** Takes the end of a frame of settings. */
        void settingsEnd(boolean ack) throws IOException;

        void ping(long data, boolean ack) throws IOException;

        void goAway() throws IOException;

        void window(int stream, int increment) throws IOException;
    }

    /**
     * Reads for {@code frames}.
     *
     * @param maxSection the maximum of bytes of a field section
     */
    Http2Reader(Frames frames, int maxSection) {
        this.frames = frames;
        this.maxSection = maxSection;
    }

    /** Returns whether the connection has not begun, or a frame or a field section has not ended. */
    boolean isWithin() {
        return !settled || headerRead > 0 || unfinished != 0;
    }

    /** Returns the number of frames that have ended, where a field section counts as one frame. */
    long units() {
        return units;
    }

    /** Returns the number of bytes that are kept of a field section. */
    int keptBytes() {
        return kept.length;
    }

    /** Reads {@code bytes}: all of them, or those up to the end of a frame behind which no further frame may be read. */
    void read(ByteBuffer bytes) throws IOException {
        while (prefaceRead < PREFACE.length && bytes.hasRemaining()) {
            if (bytes.get() != PREFACE[prefaceRead++]) {
                throw protocolError("the connection preface is not that of HTTP/2");
            }
        }
        while (bytes.hasRemaining()) {
            if (headerRead == 0 && !frames.mayGoOn()) {
                return;
            }
            if (headerRead < Http2Frame.HEADER_SIZE) {
                int count = Math.min(bytes.remaining(), Http2Frame.HEADER_SIZE - headerRead);
                bytes.get(header, headerRead, count);
                headerRead += count;
                if (headerRead < Http2Frame.HEADER_SIZE) {
                    return;
                }
                begin();
            }
            if (type == Http2Frame.DATA) {
                data(bytes);
            } else if (type <= Http2Frame.CONTINUATION && type >= 0 && type != Http2Frame.GOAWAY) {
                whole(bytes);
            } else {
                skip(bytes);
            }
        }
    }

    private void begin() throws IOException {
        remaining = (header[0] & 0xff) << 16 | (header[1] & 0xff) << 8 | (header[2] & 0xff);
        type = header[3];
        flags = header[4] & 0xff;
        stream = (header[5] & 0x7f) << 24 | (header[6] & 0xff) << 16 | (header[7] & 0xff) << 8 | (header[8] & 0xff);
        padding = 0;
        paddingRead = !has(Http2Frame.PADDED);
        payloadStart = keptSize;
        size(remaining <= Http2Frame.MAX_SIZE);
        if (!settled && (type != Http2Frame.SETTINGS || has(Http2Frame.ACK))) {
            throw protocolError("the first frame is not SETTINGS");
        }
        settled = true;
        if (unfinished != 0 && (type != Http2Frame.CONTINUATION || stream != unfinished)) {
            throw protocolError("a field section is not continued");
        }
        check();
    }

    private void check() throws IOException {
        switch (type) {
            case Http2Frame.DATA -> ofStream(true);
            case Http2Frame.HEADERS, Http2Frame.CONTINUATION -> {
                ofStream(true);
                if (type == Http2Frame.CONTINUATION && unfinished == 0) {
                    throw protocolError("nothing is to be continued");
                }
                if (keptSize + remaining > maxSection) {
                    throw new Http2Exception(Http2Error.ENHANCE_YOUR_CALM, "a field section is too large");
                }
            }
            case Http2Frame.PRIORITY -> {
                ofStream(true);
                size(remaining == PRIORITY_SIZE);
            }
            case Http2Frame.RST_STREAM -> {
                ofStream(true);
                size(remaining == 4);
            }
            case Http2Frame.SETTINGS -> {
                ofStream(false);
                size(has(Http2Frame.ACK) ? remaining == 0 : remaining % 6 == 0);
                if (remaining > MAX_SETTINGS) {
                    throw new Http2Exception(Http2Error.ENHANCE_YOUR_CALM, "too many settings");
                }
            }
            case Http2Frame.PUSH_PROMISE -> throw protocolError("a client does not push");
            case Http2Frame.PING -> {
                ofStream(false);
                size(remaining == 8);
            }
            case Http2Frame.GOAWAY -> {
                ofStream(false);
                size(remaining >= 8);
                frames.goAway();
            }
            case Http2Frame.WINDOW_UPDATE -> size(remaining == 4);
            default -> frames.other(0, false);
        }
        if (remaining == 0) {
            empty();
        }
    }

    /** Ends a frame without a payload, of which no further byte will tell. */
    private void empty() throws IOException {
        if (type == Http2Frame.DATA) {
            padded(paddingRead);
            ended();
            frames.data(stream, ByteBuffer.allocate(0), 0, has(Http2Frame.END_STREAM));
        } else if (type == Http2Frame.SETTINGS || type == Http2Frame.HEADERS || type == Http2Frame.CONTINUATION) {
            ended();
            payload(ByteBuffer.allocate(0));
        } else {
            ended();
        }
    }

    private void data(ByteBuffer bytes) throws IOException {
        if (headerRead == 0 || !bytes.hasRemaining()) {
            return;
        }
        int flow = 0;
        if (!paddingRead) {
            paddingRead = true;
            padding = bytes.get() & 0xff;
            remaining -= 1 + padding;
            padded(remaining >= 0);
            flow = 1 + padding;
        }
        int count = Math.min(bytes.remaining(), remaining);
        ByteBuffer content = bytes.slice(bytes.position(), count);
        bytes.position(bytes.position() + count);
        boolean last = count == remaining;
        boolean begins = flow > 0 || remaining > 0;
        remaining -= count;
        int skipped = Math.min(bytes.remaining(), padding);
        if (last) {
            bytes.position(bytes.position() + skipped);
            padding -= skipped;
            if (padding == 0) {
                ended();
            }
        }
        if (begins) { // Else there is only the rest of the padding.
            frames.data(stream, content, flow + count, last && has(Http2Frame.END_STREAM));
        }
    }

    /** Reads a frame that is processed as a whole. */
    private void whole(ByteBuffer bytes) throws IOException {
        if (headerRead == 0) {
            return;
        }
        int count = Math.min(bytes.remaining(), remaining);
        if (count == remaining && payloadStart == keptSize) {
            ByteBuffer all = bytes.slice(bytes.position(), count);
            bytes.position(bytes.position() + count);
            remaining = 0;
            ended();
            payload(all);
            return;
        }
        keep(bytes, count);
        remaining -= count;
        if (remaining == 0) {
            ended();
            ByteBuffer all = ByteBuffer.wrap(kept, payloadStart, keptSize - payloadStart);
            keptSize = payloadStart;
            payload(all);
        }
    }

    private void keep(ByteBuffer bytes, int count) {
        if (keptSize + count > kept.length) {
            kept = Arrays.copyOf(kept, Math.max(keptSize + count, 2 * kept.length));
        }
        bytes.get(kept, keptSize, count);
        keptSize += count;
    }

    private void payload(ByteBuffer payload) throws IOException {
        switch (type) {
            case Http2Frame.HEADERS -> {
                endsStream = has(Http2Frame.END_STREAM);
                dependsOnItself = false;
                section(fragment(payload));
            }
            case Http2Frame.CONTINUATION -> {
                frames.other(0, false);
                section(payload);
            }
            case Http2Frame.PRIORITY -> frames.other(stream, (payload.getInt() & Integer.MAX_VALUE) == stream);
            case Http2Frame.RST_STREAM -> frames.reset(stream);
            case Http2Frame.SETTINGS -> {
                while (payload.hasRemaining()) {
                    int id = payload.getShort() & 0xffff;
                    frames.setting(id, payload.getInt() & 0xffff_ffffL);
                }
                frames.settingsEnd(has(Http2Frame.ACK));
            }
            case Http2Frame.PING -> frames.ping(payload.getLong(), has(Http2Frame.ACK));
            default -> frames.window(stream, payload.getInt() & Integer.MAX_VALUE);
        }
        if (unfinished == 0) {
            kept = NOTHING;
            keptSize = 0;
        }
    }

    /** Returns the part of a HEADERS frame that belongs to its field section. */
    private ByteBuffer fragment(ByteBuffer payload) throws Http2Exception {
        int pad = 0;
        if (has(Http2Frame.PADDED)) {
            padded(payload.hasRemaining());
            pad = payload.get() & 0xff;
        }
        if (has(Http2Frame.WITH_PRIORITY)) {
            size(payload.remaining() >= PRIORITY_SIZE);
            dependsOnItself = (payload.getInt() & Integer.MAX_VALUE) == stream;
            payload.get();
        }
        padded(payload.remaining() >= pad);
        return payload.limit(payload.limit() - pad);
    }

    private void section(ByteBuffer fragment) throws IOException {
        if (has(Http2Frame.END_HEADERS) && keptSize == 0) {
            unfinished = 0;
            frames.headers(stream, fragment, endsStream, dependsOnItself);
            return;
        }
        keep(fragment, fragment.remaining()); // It may be in the array itself, behind what is kept.
        unfinished = stream;
        if (has(Http2Frame.END_HEADERS)) {
            unfinished = 0;
            frames.headers(stream, ByteBuffer.wrap(kept, 0, keptSize), endsStream, dependsOnItself);
        }
    }

    /** Skips the rest of a frame that is of no use here. */
    private void skip(ByteBuffer bytes) {
        int count = Math.min(bytes.remaining(), remaining);
        bytes.position(bytes.position() + count);
        remaining -= count;
        if (remaining == 0) {
            ended();
        }
    }

    private void ended() {
        headerRead = 0;
        boolean ofSection = type == Http2Frame.HEADERS || type == Http2Frame.CONTINUATION;
        units += ofSection && !has(Http2Frame.END_HEADERS) ? 0 : 1;
    }

    private boolean has(int flag) {
        return (flags & flag) != 0;
    }

    private void ofStream(boolean expected) throws Http2Exception {
        if ((stream != 0) != expected) {
            throw protocolError("a frame has the wrong stream");
        }
    }

    private static void padded(boolean fits) throws Http2Exception {
        if (!fits) {
            throw protocolError("a frame has no room for its padding");
        }
    }

    private static void size(boolean fits) throws Http2Exception {
        if (!fits) {
            throw new Http2Exception(Http2Error.FRAME_SIZE_ERROR, "a frame has the wrong size");
        }
    }

    private static Http2Exception protocolError(String reason) {
        return new Http2Exception(Http2Error.PROTOCOL_ERROR, reason);
    }
}
