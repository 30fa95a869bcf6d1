package io.tollgate.undertow;

import io.undertow.server.HttpServerExchange;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of the head of a request, as they were read. Computes their cost only if the head does not end with them, and before
 * Undertow reads into the same buffer again. Looks up their version of HTTP, because Undertow takes all that it does not know
 * for 1.1.
 */
final class HeadBytes {
    /** The heap that Undertow takes for an unfinished head, beside its bytes. */
    private static final int COST_OF_HEAD = 1024;

    /** The heap that Undertow takes for each header, and for each parameter of a query or a path, beside its bytes. */
    private static final int COST_OF_PART = 320;

    /** Text that grows is copied to twice its size. */
    private static final int COST_OF_BYTE = 2;

    private static final long HTTP_1_1 = word("HTTP/1.1");
    private static final long HTTP_1_0 = word("HTTP/1.0");

    /** {@code HTTP/x.y}, with zeros for the digits. */
    private static final long ANY_VERSION = word("HTTP/\0.\0");

    private static final long DIGITS = 0x0000_0000_00FF_00FFL;

    private final int maxParts;

    private @Nullable ByteBuffer buffer;
    private int start;
    private int end;

    /** The headers and parameters whose cost has been computed. */
    private int parts;

    private boolean counted;

    /** The last eight bytes of the request line that have been scanned. */
    private long lastBytes;

    private boolean lineBegun;
    private boolean lineEnded;

    /**
     * Computes the cost of heads with at most that many headers and parameters.
     *
     * @param maxParts the number of both together that Undertow keeps before it rejects the head
     */
    HeadBytes(int maxParts) {
        this.maxParts = maxParts;
    }

    private static long word(String eightCharacters) {
        long word = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            word = (word << 8) | eightCharacters.charAt(i);
        }
        return word;
    }

    /** Notes the bytes from {@code start} to the position of a buffer, or to its limit if the position is where they start. */
    void read(ByteBuffer from, int start) {
        this.buffer = from;
        this.start = start;
        this.end = from.position() == start ? from.limit() : from.position();
    }

    /** Ends the head: what is read next begins another. */
    void forget() {
        buffer = null;
        parts = 0;
        counted = false;
        lineBegun = false;
        lineEnded = false;
    }

    /** Returns whether there are bytes whose cost has not been computed. */
    boolean isUnfinished() {
        return buffer != null;
    }

    /** Returns the heap that the bytes cost in addition to those before them, in bytes, and lets go of them. */
    int cost() {
        ByteBuffer bytes = buffer;
        if (bytes == null) {
            return 0;
        }
        int before = parts;
        for (int i = scanLine(); i < end && parts < maxParts; i++) {
            if (bytes.get(i) == '\n') {
                parts++;
            }
        }
        buffer = null;
        int cost = COST_OF_PART * (parts - before) + COST_OF_BYTE * (end - start);
        if (!counted) {
            counted = true;
            cost += COST_OF_HEAD;
        }
        return cost;
    }

    /** Returns whether the request that Undertow made of the bytes has version 1.1 or 1.0. */
    boolean isSupported(HttpServerExchange exchange) {
        return isHttp11At(offsetOfVersion(exchange)) || !hasUnsupportedVersion();
    }

    private int offsetOfVersion(HttpServerExchange exchange) {
        int query = exchange.getQueryString().length();
        return start
                + exchange.getRequestMethod().length()
                + exchange.getRequestURI().length()
                + (query == 0 ? 0 : query + 1)
                + 2;
    }

    private boolean isHttp11At(int offset) {
        ByteBuffer bytes = buffer;
        return bytes != null
                && !lineBegun
                && offset + Long.BYTES < end
                && bytes.getLong(offset) == HTTP_1_1
                && bytes.get(offset + Long.BYTES) == '\r';
    }

    /** Returns whether the request line names a version other than 1.1 and 1.0. */
    boolean hasUnsupportedVersion() {
        scanLine();
        return lineEnded && (lastBytes & ~DIGITS) == ANY_VERSION && lastBytes != HTTP_1_1 && lastBytes != HTTP_1_0;
    }

    /** Scans the rest of the request line, and counts its parameters; returns the index behind it. */
    private int scanLine() {
        ByteBuffer bytes = buffer;
        int i = start;
        for (; bytes != null && i < end && !lineEnded; i++) {
            byte b = bytes.get(i);
            if (b == '\n') {
                lineEnded = lineBegun; // Empty lines may precede it (RFC 9112, section 2.2).
            } else if (b != '\r') {
                lineBegun = true;
                lastBytes = (lastBytes << 8) | (b & 0xFF);
                if ((b == '&' || b == ';') && parts < maxParts) {
                    parts++;
                }
            }
        }
        return i;
    }
}
