package io.tollgate.undertow;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Decodes the chunked coding (RFC 9112, section 7.1), strictly. Undertow's own decoder takes a missing size for the end
 * and any line end for CRLF, which lets two readers of one stream disagree on where a request ends; keeps trailers without
 * a bound; and closes the connection at a fault, which leaves no way to say so.
 */
final class ChunkDecoder {
    /** Chunk extensions and trailers, which are skipped, in bytes for the whole body. */
    private static final int MAX_SKIPPED = 16 * 1024;

    private static final int MAX_SIZE_DIGITS = 15;

    private enum State {
        SIZE,
        EXTENSION,
        SIZE_LF,
        DATA,
        DATA_CR,
        DATA_LF,
        TRAILER_START,
        TRAILER,
        TRAILER_LF,
        LAST_LF,
        DONE
    }

    private State state = State.SIZE;
    private long size;
    private int sizeDigits;
    private int skipped;

    /** Returns whether the body has ended; the rest of the input is not part of it. */
    boolean isDone() {
        return state == State.DONE;
    }

    /**
     * Moves content from {@code in} to {@code out} until either has no more room or the body has ended.
     *
     * @throws IOException if the coding is malformed
     */
    void decode(ByteBuffer in, ByteBuffer out) throws IOException {
        while (state != State.DONE && in.hasRemaining()) {
            if (state == State.DATA) {
                if (!out.hasRemaining()) {
                    return;
                }
                copy(in, out);
            } else {
                state = next(in.get());
            }
        }
    }

    private void copy(ByteBuffer in, ByteBuffer out) {
        int count = (int) Math.min(size, Math.min(in.remaining(), out.remaining()));
        out.put(out.position(), in, in.position(), count);
        out.position(out.position() + count);
        in.position(in.position() + count);
        size -= count;
        if (size == 0) {
            state = State.DATA_CR;
        }
    }

    private State next(byte b) throws IOException {
        return switch (state) {
            case SIZE -> size(b);
            case EXTENSION -> b == '\r' ? State.SIZE_LF : skip(b, State.EXTENSION);
            case SIZE_LF -> require(b == '\n', size == 0 ? State.TRAILER_START : State.DATA);
            case DATA_CR -> require(b == '\r', State.DATA_LF);
            case DATA_LF -> {
                size = 0;
                sizeDigits = 0;
                yield require(b == '\n', State.SIZE);
            }
            case TRAILER_START -> b == '\r' ? State.LAST_LF : skip(b, State.TRAILER);
            case TRAILER -> b == '\r' ? State.TRAILER_LF : skip(b, State.TRAILER);
            case TRAILER_LF -> require(b == '\n', State.TRAILER_START);
            case LAST_LF -> require(b == '\n', State.DONE);
            case DATA, DONE -> throw new IllegalStateException(state.name());
        };
    }

    private State size(byte b) throws IOException {
        int digit = b >= 0 ? Character.digit(b, 16) : -1;
        if (digit >= 0) {
            size = (size << 4) | digit;
            return require(++sizeDigits <= MAX_SIZE_DIGITS, State.SIZE);
        }
        require(sizeDigits > 0, State.SIZE);
        return switch (b) {
            case '\r' -> State.SIZE_LF;
            case ';', ' ', '\t' -> skip(b, State.EXTENSION);
            default -> throw malformed();
        };
    }

    /** Skips a byte of an extension or a trailer, which may be anything but a control character (RFC 9110, section 5.5). */
    private State skip(byte b, State same) throws IOException {
        boolean isControl = (b >= 0 && b < ' ' && b != '\t') || b == 0x7f;
        return require(!isControl && ++skipped <= MAX_SKIPPED, same);
    }

    private static State require(boolean sound, State next) throws IOException {
        if (!sound) {
            throw malformed();
        }
        return next;
    }

    private static IOException malformed() {
        return new IOException("malformed chunk");
    }
}
