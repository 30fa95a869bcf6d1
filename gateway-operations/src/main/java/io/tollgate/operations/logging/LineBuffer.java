package io.tollgate.operations.logging;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/** Holds encoded lines until they are written at once. A line that is longer enlarges it until the next write. */
final class LineBuffer extends OutputStream {
    static final int CAPACITY = 65_536;

    /** Leaves room for most lines, so that the buffer seldom grows. */
    private static final int NEARLY_FULL = CAPACITY - 8_192;

    private byte[] bytes = new byte[CAPACITY];
    private int size;

    @Override
    public void write(int b) {
        reserve(1);
        bytes[size++] = (byte) b;
    }

    @Override
    public void write(byte[] source, int offset, int length) {
        reserve(length);
        System.arraycopy(source, offset, bytes, size, length);
        size += length;
    }

    int size() {
        return size;
    }

    boolean isNearlyFull() {
        return size >= NEARLY_FULL;
    }

    /** Removes the bytes from {@code start} on. */
    void truncate(int start) {
        size = start;
    }

    /** Removes and returns the bytes. */
    byte[] take() {
        byte[] taken = Arrays.copyOf(bytes, size);
        clear();
        return taken;
    }

    /** Writes and flushes the bytes, and removes them even if that fails: some of them may have been written. */
    void writeTo(OutputStream out) throws IOException {
        try {
            out.write(bytes, 0, size);
            out.flush();
        } finally {
            clear();
        }
    }

    private void clear() {
        size = 0;
        if (bytes.length > CAPACITY) {
            bytes = new byte[CAPACITY];
        }
    }

    private void reserve(int length) {
        if (length > bytes.length - size) {
            bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(size, length), 2 * bytes.length));
        }
    }
}
