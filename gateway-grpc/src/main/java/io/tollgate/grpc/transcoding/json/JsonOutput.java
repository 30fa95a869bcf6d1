package io.tollgate.grpc.transcoding.json;

import java.nio.ByteBuffer;

/** A growing buffer of JSON in UTF-8. Not thread-safe. */
public final class JsonOutput {
    /** @param expected bytes to begin with */
    public JsonOutput(int expected) {}

    /** Appends bytes as they are, such as the frame of an event. */
    public void append(byte[] bytes) {
        throw new UnsupportedOperationException();
    }

    /** Returns the number of bytes so far. */
    public int size() {
        throw new UnsupportedOperationException();
    }

    /** Drops all bytes after the first {@code size}. */
    public void truncate(int size) {
        throw new UnsupportedOperationException();
    }

    /** Returns a copy of the bytes. */
    public byte[] toByteArray() {
        throw new UnsupportedOperationException();
    }

    /** Returns the bytes, not copied; the output must not be used afterwards. */
    public ByteBuffer toByteBuffer() {
        throw new UnsupportedOperationException();
    }
}
