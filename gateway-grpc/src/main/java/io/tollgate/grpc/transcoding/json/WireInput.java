package io.tollgate.grpc.transcoding.json;

import com.google.protobuf.WireFormat;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Reads single values of the wire format, with all bounds checked. Varints leave their end in {@link #after}. */
final class WireInput {
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** The index after what was read last. */
    int after;

    long varint(byte[] bytes, int at, int to) {
        if (at < to && bytes[at] >= 0) {
            after = at + 1;
            return bytes[at];
        }
        long value = 0;
        int i = at;
        for (int shift = 0; shift < Long.SIZE && i < to; shift += 7) {
            byte b = bytes[i++];
            value |= (b & 0x7fL) << shift;
            if (b >= 0) {
                after = i;
                return value;
            }
        }
        throw malformed(i < to ? "a varint of more than 10 bytes" : "the end within a varint", at);
    }

    int fixed32(byte[] bytes, int at, int to) {
        after = advance(at, Integer.BYTES, to);
        return (int) INTS.get(bytes, at);
    }

    long fixed64(byte[] bytes, int at, int to) {
        after = advance(at, Long.BYTES, to);
        return (long) LONGS.get(bytes, at);
    }

    /** Reads a tag: the number of the field and the wire type. */
    int tag(byte[] bytes, int at, int to) {
        long tag = varint(bytes, at, to);
        if (tag >>> 32 != 0 || tag >>> 3 == 0) {
            throw malformed("the tag " + Long.toUnsignedString(tag), at);
        }
        return (int) tag;
    }

    /** Reads a length; what it is of ends at {@link #after} plus the length, and is there. */
    int length(byte[] bytes, int at, int to) {
        long length = varint(bytes, at, to);
        if (length < 0 || length > to - after) {
            throw malformed("a length beyond the end", at);
        }
        return (int) length;
    }

    /** Returns the index after the value whose tag was read. */
    int skip(byte[] bytes, int tag, int at, int to) {
        return switch (tag & 7) {
            case WireFormat.WIRETYPE_VARINT -> {
                varint(bytes, at, to);
                yield after;
            }
            case WireFormat.WIRETYPE_FIXED64 -> advance(at, Long.BYTES, to);
            case WireFormat.WIRETYPE_FIXED32 -> advance(at, Integer.BYTES, to);
            case WireFormat.WIRETYPE_LENGTH_DELIMITED -> {
                int length = length(bytes, at, to);
                yield after + length;
            }
            case WireFormat.WIRETYPE_START_GROUP -> {
                endOfGroup(bytes, tag >>> 3, at, to);
                yield after;
            }
            default -> throw malformed("the wire type " + (tag & 7), at);
        };
    }

    /** Returns where the content of a group ends; {@link #after} is the index after its end tag. */
    int endOfGroup(byte[] bytes, int number, int from, int to) {
        int[] groups = new int[Nesting.LIMIT];
        int depth = 0;
        groups[0] = number;
        int at = from;
        while (true) {
            int tag = tag(bytes, at, to);
            int value = after;
            if ((tag & 7) == WireFormat.WIRETYPE_END_GROUP) {
                if (tag >>> 3 != groups[depth]) {
                    throw malformed("the end of another group", at);
                }
                if (depth-- == 0) {
                    after = value;
                    return at;
                }
                at = value;
            } else if ((tag & 7) == WireFormat.WIRETYPE_START_GROUP) {
                if (++depth == groups.length) {
                    throw malformed("groups nested deeper than " + Nesting.LIMIT + " levels", at);
                }
                groups[depth] = tag >>> 3;
                at = value;
            } else {
                at = skip(bytes, tag, value, to);
            }
        }
    }

    private int advance(int at, int length, int to) {
        if (to - at < length) {
            throw malformed("the end within a value", at);
        }
        return at + length;
    }

    private static UnusableMessageException malformed(String found, int at) {
        return new UnusableMessageException("it is not in the wire format: it has " + found + ", at byte " + at);
    }
}
