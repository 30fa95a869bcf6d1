package io.tollgate.auth.refresh;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Reads replies of Redis (RESP2 and RESP3), and fails at one that is too large or nested too deep, before a client allocates
 * what it announces. Not thread-safe, as no stream of a connection is.
 */
final class BoundedReplies extends FilterInputStream {
    static final int MAX_REPLY_BYTES = 1024 * 1024;
    static final int MAX_DEPTH = 8;

    /** The elements that are still to come of each open list, outermost first. */
    private final long[] open = new long[MAX_DEPTH];

    private int depth;
    private int bytes;
    private int type = -1;
    private long number;
    private boolean negative;
    /** The bytes of a string that are still to come, with its line end. */
    private long text;

    BoundedReplies(InputStream in) {
        super(in);
    }

    @Override
    public int read() throws IOException {
        int b = in.read();
        if (b >= 0) {
            count(1);
            next((byte) b);
        }
        return b;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        int read = in.read(into, offset, length);
        for (int i = 0; i < read; ) {
            if (text > 0) {
                int part = (int) Math.min(text, read - i);
                count(part);
                skipText(part);
                i += part;
            } else {
                count(1);
                next(into[offset + i++]);
            }
        }
        return read;
    }

    @Override
    public boolean markSupported() {
        return false;
    }

    private void next(byte b) throws IOException {
        if (text > 0) {
            skipText(1);
        } else if (type < 0) {
            type = b;
            number = 0;
            negative = false;
        } else if (b == '\n') {
            endLine();
        } else if (b == '-') {
            negative = true;
        } else if (b >= '0' && b <= '9' && number <= MAX_REPLY_BYTES) {
            number = number * 10 + (b - '0');
        }
    }

    private void endLine() throws IOException {
        int ended = type;
        type = -1;
        switch (ended) {
            case '*', '~', '>' -> open(negative ? 0 : number);
            case '%', '|' -> open(negative ? 0 : 2 * number);
            case '$', '=', '!' -> {
                if (negative) {
                    endElement();
                } else {
                    require(number <= MAX_REPLY_BYTES);
                    text = number + 2;
                }
            }
            default -> endElement();
        }
    }

    private void open(long elements) throws IOException {
        if (elements == 0) {
            endElement();
            return;
        }
        require(elements <= MAX_REPLY_BYTES && depth < MAX_DEPTH);
        open[depth++] = elements;
    }

    private void skipText(int part) {
        text -= part;
        if (text == 0) {
            endElement();
        }
    }

    private void endElement() {
        while (depth > 0 && --open[depth - 1] == 0) {
            depth--;
        }
        if (depth == 0) {
            bytes = 0;
        }
    }

    private void count(int more) throws IOException {
        bytes += more;
        require(bytes <= MAX_REPLY_BYTES);
    }

    private static void require(boolean bounded) throws IOException {
        if (!bounded) {
            throw new IOException("reply of Redis: too large (expected: at most " + MAX_REPLY_BYTES + " bytes, and "
                    + MAX_DEPTH + " levels)");
        }
    }
}
