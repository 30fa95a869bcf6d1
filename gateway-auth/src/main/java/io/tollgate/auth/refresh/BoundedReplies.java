package io.tollgate.auth.refresh;

import java.io.IOException;
import java.io.InputStream;

/**
 * The replies of a Redis server, RESP2 or RESP3, bounded before any memory is allocated for them: in bytes, in elements, in
 * depth and in time. It looks at the bytes on their way to the reader and copies none. A reply beyond a bound, or one whose
 * bytes Jedis could read in another way, fails the read, which ends the connection. One thread reads it.
 *
 * <p>The rate limiter has the same grammar for RESP2, with bounds of its own; neither library needs the other. A change of one
 * belongs in both, and in both tests.
 */
final class BoundedReplies extends InputStream {
    private static final int MAX_DEPTH = 8;

    private final InputStream in;
    private final Bounds bounds;

    /** The first byte of the element whose first line is being read; 0 between lines. */
    private byte type;

    private long number;
    private int digits;
    private boolean negative;
    private boolean carriageReturn;
    /** Bytes of a string, and of the end of its line, that are still to come. */
    private int skip;
    /** For each array around the present element, its elements that are still to come. */
    private final int[] left = new int[MAX_DEPTH];

    private int depth;
    private int bytes;
    private int elements;
    /** True if the list at depth 0 is a push. Jedis reads on after it, so it counts as the beginning of the reply that follows. */
    private boolean push;

    private boolean pushed;
    /** The time at which a reply was first seen to be incomplete; 0 if none is. */
    private long incompleteSince;

    /**
     * The bounds of one reply.
     *
     * @param bytes of all its strings and lines
     * @param elements of all its arrays
     * @param nanos from its first byte to its last
     */
    record Bounds(int bytes, int elements, long nanos) {}

    BoundedReplies(InputStream in, Bounds bounds) {
        this.in = in;
        this.bounds = bounds;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int count = in.read(buffer, offset, length);
        if (count > 0) {
            inspect(buffer, offset, offset + count);
            if (skip > 0 || type != 0 || depth > 0 || pushed) {
                checkTime();
            }
        }
        return count;
    }

    private void checkTime() throws IOException {
        long now = System.nanoTime();
        if (incompleteSince == 0) {
            incompleteSince = now | 1;
        } else if (now - incompleteSince > bounds.nanos) {
            throw new IOException("a reply took longer than " + bounds.nanos / 1_000_000 + " ms");
        }
    }

    private void inspect(byte[] buffer, int from, int end) throws IOException {
        int at = from;
        while (at < end) {
            if (skip > 0) {
                int passed = Math.min(skip, end - at);
                at += passed;
                skip -= passed;
                if (skip == 0) {
                    elementEnded();
                }
            } else if (type == 0) {
                begin(buffer[at++]);
            } else if (carriageReturn) {
                if (buffer[at++] != '\n') {
                    throw malformed("a carriage return within a line");
                }
                lineEnded();
            } else {
                at = line(buffer, at, end);
            }
        }
    }

    private void begin(byte first) throws IOException {
        switch (first) {
            case '+', '-', ':', '$', '*', '_', '#', ',', '(', '=', '~', '%' -> type = first;
            case '>' -> {
                if (depth > 0) {
                    throw malformed("a push within a reply");
                }
                type = first;
                push = true;
            }
            default -> throw malformed("a reply that begins with byte " + (first & 0xff));
        }
    }

    /** Reads a line up to its end, or to that of the buffer, and returns the position after it. */
    private int line(byte[] buffer, int from, int end) throws IOException {
        boolean text = isText(type);
        for (int at = from; at < end; at++) {
            byte next = buffer[at];
            if (next == '\r') {
                carriageReturn = true;
                return at + 1;
            } else if (!text) {
                digit(next);
            } else if (next == '\n') {
                throw malformed("a line feed within a line");
            } else {
                take(1);
            }
        }
        return end;
    }

    private static boolean isText(byte type) {
        return switch (type) {
            case ':', '$', '*', '=', '~', '%', '>' -> false;
            default -> true;
        };
    }

    private void digit(byte next) throws IOException {
        if (next == '-' && digits == 0 && !negative) {
            negative = true;
        } else if (next >= '0' && next <= '9' && digits < 19) {
            number = number * 10 + next - '0';
            digits++;
        } else {
            throw malformed("a number with byte " + (next & 0xff) + " after " + digits + " digits");
        }
    }

    private void lineEnded() throws IOException {
        byte ended = type;
        long value = negative ? -number : number;
        if (!isText(ended) && digits == 0) {
            throw malformed("a number without digits");
        }
        type = 0;
        number = 0;
        digits = 0;
        negative = false;
        carriageReturn = false;
        switch (ended) {
            case '$', '=' -> beginString(value);
            case '*', '~', '>' -> beginList(value, 1);
            case '%' -> beginList(value, 2);
            default -> elementEnded();
        }
    }

    private void beginString(long length) throws IOException {
        if (length == -1) {
            elementEnded();
            return;
        }
        take(length);
        skip = (int) length + 2;
    }

    private void beginList(long length, int each) throws IOException {
        if (length < -1) {
            throw malformed("an array of " + length + " elements");
        }
        if (length <= 0) {
            elementEnded();
            return;
        }
        if (length > (bounds.elements - elements) / each) {
            throw new IOException("a reply of more than " + bounds.elements + " elements");
        }
        if (depth == MAX_DEPTH) {
            throw new IOException("a reply of more than " + MAX_DEPTH + " nested arrays");
        }
        elements += (int) length * each;
        left[depth++] = (int) length * each;
    }

    private void take(long more) throws IOException {
        if (more < 0) {
            throw malformed("a string of " + more + " bytes");
        }
        if (more > bounds.bytes - bytes) {
            throw new IOException("a reply of more than " + bounds.bytes + " bytes");
        }
        bytes += (int) more;
    }

    private void elementEnded() {
        while (depth > 0) {
            if (--left[depth - 1] > 0) {
                return;
            }
            depth--;
        }
        pushed = push;
        push = false;
        if (pushed) {
            return;
        }
        bytes = 0;
        elements = 0;
        incompleteSince = 0;
    }

    private static IOException malformed(String problem) {
        return new IOException("not RESP: " + problem);
    }

    @Override
    public int available() throws IOException {
        return in.available();
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
