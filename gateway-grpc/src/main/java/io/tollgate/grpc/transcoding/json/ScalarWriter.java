package io.tollgate.grpc.transcoding.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;

/** Writes scalars of the wire format as JSON. */
final class ScalarWriter {
    private final WireInput wire;
    private final JsonOutput output;

    ScalarWriter(WireInput wire, JsonOutput output) {
        this.wire = wire;
        this.output = output;
    }

    /** Writes the value at {@code at}; {@code wire.after} is the index after it. Returns false if it is the zero of its type. */
    boolean write(FieldCodec field, byte[] bytes, int at, int to) {
        return switch (field.type) {
            case STRING -> string(field, bytes, at, to);
            case BYTES -> {
                int length = wire.length(bytes, at, to);
                output.putBase64(bytes, wire.after, wire.after + length);
                wire.after += length;
                yield length > 0;
            }
            case BOOL -> {
                boolean value = wire.varint(bytes, at, to) != 0;
                output.putBoolean(value);
                yield value;
            }
            case ENUM -> {
                int value = (int) wire.varint(bytes, at, to);
                requireNonNull(field.enumeration, "enumeration").write(value, output);
                yield value != 0;
            }
            case DOUBLE -> doubleValue(Double.longBitsToDouble(wire.fixed64(bytes, at, to)));
            case FLOAT -> floatValue(Float.intBitsToFloat(wire.fixed32(bytes, at, to)));
            case UINT64, FIXED64 -> {
                long value = integer(field, bytes, at, to);
                output.put('"');
                output.putUnsignedLong(value);
                output.put('"');
                yield value != 0;
            }
            case INT64, SINT64, SFIXED64 -> {
                long value = integer(field, bytes, at, to);
                output.put('"');
                output.putLong(value);
                output.put('"');
                yield value != 0;
            }
            default -> {
                long value = integer(field, bytes, at, to);
                output.putLong(value);
                yield value != 0;
            }
        };
    }

    private long integer(FieldCodec field, byte[] bytes, int at, int to) {
        return switch (field.type) {
            case INT32 -> (int) wire.varint(bytes, at, to);
            case UINT32 -> wire.varint(bytes, at, to) & 0xffffffffL;
            case SINT32 -> {
                int value = (int) wire.varint(bytes, at, to);
                yield value >>> 1 ^ -(value & 1);
            }
            case SINT64 -> {
                long value = wire.varint(bytes, at, to);
                yield value >>> 1 ^ -(value & 1);
            }
            case SFIXED32 -> wire.fixed32(bytes, at, to);
            case FIXED32 -> wire.fixed32(bytes, at, to) & 0xffffffffL;
            case SFIXED64, FIXED64 -> wire.fixed64(bytes, at, to);
            default -> wire.varint(bytes, at, to);
        };
    }

    private boolean string(FieldCodec field, byte[] bytes, int at, int to) {
        int length = wire.length(bytes, at, to);
        if (!output.putString(bytes, wire.after, wire.after + length, !field.utf8)) {
            throw new UnusableMessageException("its field " + field.descriptor.getFullName() + " is not valid UTF-8");
        }
        wire.after += length;
        return length > 0;
    }

    private boolean doubleValue(double value) {
        if (Double.isFinite(value)) {
            output.putDouble(value);
        } else {
            special(value);
        }
        return Double.doubleToRawLongBits(value) != 0;
    }

    private boolean floatValue(float value) {
        if (Float.isFinite(value)) {
            output.putFloat(value);
        } else {
            special(value);
        }
        return Float.floatToRawIntBits(value) != 0;
    }

    private void special(double value) {
        output.putAscii(Double.isNaN(value) ? "\"NaN\"" : value > 0 ? "\"Infinity\"" : "\"-Infinity\"");
    }

    /** Writes the key of a map's entry as the name of a property; if the entry has none, the default value. */
    void writeKey(FieldCodec key, FieldIndex index, int frame, byte[] bytes, int to) {
        boolean quoted = switch (key.type) {
            case STRING, INT64, UINT64, SINT64, FIXED64, SFIXED64 -> true;
            default -> false;
        };
        if (!quoted) {
            output.put('"');
        }
        if (index.count(frame, key) > 0) {
            write(key, bytes, index.last(frame, key), to);
        } else {
            writeDefault(key);
        }
        if (!quoted) {
            output.put('"');
        }
    }

    /** Writes the default value of a scalar. */
    void writeDefault(FieldCodec field) {
        Object value = field.descriptor.getDefaultValue();
        switch (field.type) {
            case STRING -> {
                byte[] text = ((String) value).getBytes(UTF_8);
                output.putString(text, 0, text.length, true);
            }
            case BYTES -> {
                byte[] bytes = ((ByteString) value).toByteArray();
                output.putBase64(bytes, 0, bytes.length);
            }
            case BOOL -> output.putBoolean((Boolean) value);
            case ENUM ->
                requireNonNull(field.enumeration, "enumeration")
                        .write(((EnumValueDescriptor) value).getNumber(), output);
            case DOUBLE -> doubleValue((Double) value);
            case FLOAT -> floatValue((Float) value);
            case UINT32, FIXED32 -> output.putLong(Integer.toUnsignedLong((Integer) value));
            case UINT64, FIXED64 -> {
                output.put('"');
                output.putUnsignedLong((Long) value);
                output.put('"');
            }
            case INT64, SINT64, SFIXED64 -> {
                output.put('"');
                output.putLong((Long) value);
                output.put('"');
            }
            default -> output.putLong((Integer) value);
        }
    }
}
