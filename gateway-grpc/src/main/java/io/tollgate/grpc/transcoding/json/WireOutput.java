package io.tollgate.grpc.transcoding.json;

import com.google.protobuf.Descriptors.FieldDescriptor;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A message in the wire format, as it is written. The length of a nested message stands before it and is known after it: the
 * nested messages are noted where they begin, and all lengths are put in by one copy at the end. So a byte is copied once,
 * however deep it is.
 */
final class WireOutput {
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int MAX_VARINT = 10;

    private byte[] bytes;
    private int size;

    /** Pairs: the index in {@link #bytes} before which a length goes, and the length. */
    private int[] lengths = new int[16];

    private int lengthsSize;

    /** Bytes that all known lengths will take. */
    private int lengthBytes;

    WireOutput(int expected) {
        bytes = new byte[Math.max(expected, 16)];
    }

    /** Begins what has a length before it; the result is for {@link #end}. */
    int begin() {
        if (lengthsSize == lengths.length) {
            lengths = Arrays.copyOf(lengths, 2 * lengthsSize);
        }
        int mark = lengthsSize;
        lengths[mark] = size;
        lengths[mark + 1] = lengthBytes;
        lengthsSize = mark + 2;
        return mark;
    }

    void end(int mark) {
        int length = size - lengths[mark] + lengthBytes - lengths[mark + 1];
        lengths[mark + 1] = length;
        lengthBytes += varintSize(length);
    }

    /** Begins a message in a field; the result is for {@link #endMessage}. */
    int beginMessage(FieldCodec field) {
        put(field.tag);
        return field.type == FieldDescriptor.Type.GROUP ? -1 : begin();
    }

    void endMessage(FieldCodec field, int mark) {
        if (field.type == FieldDescriptor.Type.GROUP) {
            put(field.endTag);
        } else {
            end(mark);
        }
    }

    void put(int b) {
        ensure(1);
        bytes[size++] = (byte) b;
    }

    /** Appends bytes as they are, such as a tag. */
    void put(byte[] source) {
        int length = source.length;
        ensure(length);
        if (length == 1) {
            bytes[size] = source[0];
        } else {
            System.arraycopy(source, 0, bytes, size, length);
        }
        size += length;
    }

    void put(byte[] source, int from, int to) {
        ensure(to - from);
        System.arraycopy(source, from, bytes, size, to - from);
        size += to - from;
    }

    void varint(long value) {
        ensure(MAX_VARINT);
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            bytes[size++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[size++] = (byte) rest;
    }

    void fixed32(int value) {
        ensure(Integer.BYTES);
        INTS.set(bytes, size, value);
        size += Integer.BYTES;
    }

    void fixed64(long value) {
        ensure(Long.BYTES);
        LONGS.set(bytes, size, value);
        size += Long.BYTES;
    }

    /** Makes room for bytes that the caller writes into {@link #array} from {@link #size()}; {@link #size(int)} ends it. */
    byte[] reserve(int length) {
        ensure(length);
        return bytes;
    }

    /** Returns the bytes so far, without the lengths; another array after the next write. */
    byte[] array() {
        return bytes;
    }

    int size() {
        return size;
    }

    void size(int size) {
        this.size = size;
    }

    /** A state to which {@link #reset} returns. */
    record State(int size, int lengthsSize, int lengthBytes) {}

    State state() {
        return new State(size, lengthsSize, lengthBytes);
    }

    void reset(State state) {
        size = state.size;
        lengthsSize = state.lengthsSize;
        lengthBytes = state.lengthBytes;
    }

    byte[] toByteArray() {
        if (lengthsSize == 0) {
            return Arrays.copyOf(bytes, size);
        }
        byte[] message = new byte[size + lengthBytes];
        int from = 0;
        int to = 0;
        for (int mark = 0; mark < lengthsSize; mark += 2) {
            int at = lengths[mark];
            System.arraycopy(bytes, from, message, to, at - from);
            to += at - from;
            from = at;
            int rest = lengths[mark + 1];
            while ((rest & ~0x7f) != 0) {
                message[to++] = (byte) (rest | 0x80);
                rest >>>= 7;
            }
            message[to++] = (byte) rest;
        }
        System.arraycopy(bytes, from, message, to, size - from);
        return message;
    }

    static int varintSize(int length) {
        return (38 - Integer.numberOfLeadingZeros(length | 1)) / 7;
    }

    private void ensure(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, Math.addExact(size, more)));
        }
    }
}
