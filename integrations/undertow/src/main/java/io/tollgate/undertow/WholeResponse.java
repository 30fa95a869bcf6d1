package io.tollgate.undertow;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.StatusCodes;
import java.nio.ByteBuffer;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Renders a response of HTTP/1.1 as a whole, head and body, into one buffer that goes to the socket in one write: the fast way for
 * small responses, which most are. Undertow's way builds a map of headers and a chain of conduits, renders each value
 * character by character into a direct buffer, and gathers two buffers in one write.
 *
 * <p>Each I/O thread has one, for one response at a time.
 */
final class WholeResponse implements BiConsumer<String, String> {
    /** The longest body that is copied behind its head. */
    static final int MAX_BODY = 16 * 1024;

    private static final int MAX_HEAD = 16 * 1024;
    private static final int MAX_FIELDS = 64;
    private static final int STATUSES = 600;
    private static final ThreadLocal<WholeResponse> OF_THREAD = ThreadLocal.withInitial(WholeResponse::new);

    private final HttpString[] names = new HttpString[MAX_FIELDS];
    private final String[] values = new String[MAX_FIELDS];
    private final byte[] @Nullable [] statusLines = new byte[STATUSES][];
    private final ByteBuffer buffer = ByteBuffer.allocate(MAX_HEAD + MAX_BODY);
    private int count;
    private boolean unsuitable;

    private WholeResponse() {}

    /** Begins a response with the fields that each has, for this thread; ends the one before. */
    static WholeResponse begin(@Nullable String strictTransport) {
        WholeResponse response = OF_THREAD.get();
        response.count = 0;
        response.unsuitable = false;
        response.put(Headers.DATE, HttpDate.now());
        response.put(HeaderNames.CONTENT_TYPE_OPTIONS, "nosniff");
        if (strictTransport != null) {
            response.put(Headers.STRICT_TRANSPORT_SECURITY, strictTransport);
        }
        return response;
    }

    /** Adds a field; a later one replaces an earlier one of its name. */
    @Override
    public void accept(String name, String value) {
        HttpString known = HeaderNames.of(name);
        if (known.equals(Headers.CONNECTION) || known.equals(Headers.TRANSFER_ENCODING)) {
            unsuitable = true; // Says how the response ends, which is Undertow's to decide.
        } else {
            put(known, HeaderText.value(value));
        }
    }

    private void put(HttpString name, String value) {
        for (int i = 0; i < count; i++) {
            if (names[i].equals(name)) {
                values[i] = value;
                return;
            }
        }
        if (count == MAX_FIELDS) {
            unsuitable = true;
            return;
        }
        names[count] = name;
        values[count] = value;
        count++;
    }

    /**
     * Renders the response, after all fields are added.
     *
     * @return the bytes, until the next response of this thread begins; null if this way is not for the response
     */
    @Nullable
    ByteBuffer render(int status, byte[] body) {
        put(Headers.CONTENT_LENGTH, Integer.toString(body.length));
        byte[] statusLine = statusLine(status);
        if (unsuitable || body.length > MAX_BODY || headLength(statusLine) > MAX_HEAD) {
            return null;
        }
        buffer.clear();
        buffer.put(statusLine);
        for (int i = 0; i < count; i++) {
            names[i].appendTo(buffer);
            buffer.put((byte) ':').put((byte) ' ');
            putLatin(values[i]);
            buffer.put((byte) '\r').put((byte) '\n');
        }
        buffer.put((byte) '\r').put((byte) '\n');
        return buffer.put(body).flip();
    }

    /** Copies a text each of whose characters is one octet, all at once. */
    @SuppressWarnings(
            "deprecation") // It drops what does not fit into an octet; HeaderText has left nothing of the kind.
    private void putLatin(String text) {
        int start = buffer.position();
        text.getBytes(0, text.length(), buffer.array(), start);
        buffer.position(start + text.length());
    }

    private int headLength(byte[] statusLine) {
        long length = statusLine.length + 2L;
        for (int i = 0; i < count; i++) {
            length += names[i].length() + values[i].length() + 4;
        }
        return (int) Math.min(length, Integer.MAX_VALUE);
    }

    private byte[] statusLine(int status) {
        byte[] line = statusLines[status];
        if (line == null) {
            line = ("HTTP/1.1 " + status + " " + StatusCodes.getReason(status) + "\r\n").getBytes(ISO_8859_1);
            statusLines[status] = line;
        }
        return line;
    }
}
