package io.tollgate.ratelimit;

import java.io.IOException;
import java.io.InputStream;

/**
 * The replies of a Redis server, bounded before any memory is allocated for them: in bytes, in elements, in depth and in
 * time. It looks at the bytes on their way to the reader and copies none. A reply beyond a bound, or one that is not
 * RESP2, fails the read, which ends the connection. One thread reads it.
 */
final class BoundedReplies extends InputStream {
    /** {@code CLUSTER SLOTS} needs 4. */
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
            if (skip > 0 || type != 0 || depth > 0) {
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
            case '+', '-', ':', '$', '*' -> type = first;
            default -> throw malformed("a reply that begins with byte " + (first & 0xff));
        }
    }

    /** Reads a line up to its end, or to that of the buffer, and returns the position after it. */
    private int line(byte[] buffer, int from, int end) throws IOException {
        boolean text = type == '+' || type == '-';
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
        if (ended != '+' && ended != '-' && digits == 0) {
            throw malformed("a number without digits");
        }
        type = 0;
        number = 0;
        digits = 0;
        negative = false;
        carriageReturn = false;
        if (ended == '$' && value != -1) {
            take(value);
            skip = (int) value + 2;
        } else if (ended == '*' && value > 0) {
            beginArray(value);
        } else if (ended == '*' && value < -1) {
            throw malformed("an array of " + value + " elements");
        } else {
            elementEnded();
        }
    }

    private void beginArray(long length) throws IOException {
        if (length > bounds.elements - elements) {
            throw new IOException("a reply of more than " + bounds.elements + " elements");
        }
        if (depth == MAX_DEPTH) {
            throw new IOException("a reply of more than " + MAX_DEPTH + " nested arrays");
        }
        elements += (int) length;
        left[depth++] = (int) length;
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
        bytes = 0;
        elements = 0;
        incompleteSince = 0;
    }

    private static IOException malformed(String problem) {
        return new IOException("not RESP2: " + problem);
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
