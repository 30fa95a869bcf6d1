package io.tollgate.grpc.transcoding.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;

/** Writes messages of the types that have a form of their own in JSON. */
final class DynamicWriter {
    private static final byte[] NOTHING = {};

    private final JsonWriter writer;
    private final Codecs codecs;
    private final FieldIndex index;
    private final WireInput wire;
    private final JsonOutput output;

    DynamicWriter(JsonWriter writer, Codecs codecs, FieldIndex index, WireInput wire, JsonOutput output) {
        this.writer = writer;
        this.codecs = codecs;
        this.index = index;
        this.wire = wire;
        this.output = output;
    }

    void wellKnown(MessageCodec codec, int frame, byte[] bytes, int to) {
        switch (codec.shape) {
            case ANY -> any(codec, frame, bytes, to);
            case TIMESTAMP ->
                TimeText.writeTimestamp(varint(codec, 1, frame, bytes, to), nanos(codec, frame, bytes, to), output);
            case DURATION ->
                TimeText.writeDuration(varint(codec, 1, frame, bytes, to), nanos(codec, frame, bytes, to), output);
            case FIELD_MASK -> fieldMask(codec, frame, bytes, to);
            case STRUCT -> writer.map(field(codec, 1), frame, bytes, to);
            case LIST_VALUE -> writer.list(field(codec, 1), frame, bytes, to);
            case VALUE -> value(codec, frame, bytes, to);
            case WRAPPER -> {
                if (index.count(frame, field(codec, 1)) > 0) {
                    writer.single(field(codec, 1), frame, bytes, to);
                } else {
                    writer.scalars().writeDefault(field(codec, 1));
                }
            }
            case MESSAGE -> throw new IllegalArgumentException("shape: MESSAGE (expected: another)");
        }
    }

    private static FieldCodec field(MessageCodec codec, int number) {
        return requireNonNull(codec.field(number), "field");
    }

    private long varint(MessageCodec codec, int number, int frame, byte[] bytes, int to) {
        FieldCodec field = field(codec, number);
        return index.count(frame, field) == 0 ? 0 : wire.varint(bytes, index.last(frame, field), to);
    }

    private int nanos(MessageCodec codec, int frame, byte[] bytes, int to) {
        return (int) varint(codec, 2, frame, bytes, to);
    }

    private void value(MessageCodec codec, int frame, byte[] bytes, int to) {
        for (FieldCodec field : codec.fields) {
            if (index.count(frame, field) > 0) {
                if (field.type == FieldDescriptor.Type.DOUBLE
                        && !Double.isFinite(
                                Double.longBitsToDouble(wire.fixed64(bytes, index.last(frame, field), to)))) {
                    throw new UnusableMessageException("a Value has a number that is not finite");
                }
                writer.single(field, frame, bytes, to);
                return;
            }
        }
        output.putNull();
    }

    private void any(MessageCodec codec, int frame, byte[] bytes, int to) {
        int typeFrom = 0;
        int typeTo = 0;
        if (index.count(frame, field(codec, 1)) > 0) {
            int length = wire.length(bytes, index.last(frame, field(codec, 1)), to);
            typeFrom = wire.after;
            typeTo = typeFrom + length;
        }
        byte[] content = NOTHING;
        int from = 0;
        int end = 0;
        if (index.count(frame, field(codec, 2)) > 0) {
            int length = wire.length(bytes, index.last(frame, field(codec, 2)), to);
            content = bytes;
            from = wire.after;
            end = from + length;
        }
        output.put('{');
        if (typeTo > typeFrom || end > from) {
            any(codec(bytes, typeFrom, typeTo), bytes, typeFrom, typeTo, content, from, end);
        }
        output.put('}');
    }

    private void any(MessageCodec codec, byte[] bytes, int typeFrom, int typeTo, byte[] content, int from, int end) {
        output.putAscii("\"@type\":");
        output.putString(bytes, typeFrom, typeTo, true);
        if (codec.shape == Shape.MESSAGE) {
            writer.enter();
            writer.fields(codec, content, from, end, true);
            writer.leave();
        } else {
            output.putAscii(",\"value\":");
            writer.content(codec, content, from, end);
        }
    }

    private MessageCodec codec(byte[] bytes, int from, int to) {
        String url = new String(bytes, from, to - from, UTF_8);
        Descriptor type = url.indexOf('/') < 0 ? null : codecs.type(url.substring(url.lastIndexOf('/') + 1));
        if (type == null) {
            throw new UnusableMessageException("an Any has a type that is not in the set of descriptors: " + url);
        }
        return codecs.of(type);
    }

    /** Writes the paths of a mask in lowerCamelCase. One that would not be the same when it is read again is an error. */
    private void fieldMask(MessageCodec codec, int frame, byte[] bytes, int to) {
        FieldCodec paths = field(codec, 1);
        output.put('"');
        int start = output.size();
        int count = index.count(frame, paths);
        int at = index.first(frame, paths);
        while (count > 0) {
            int tag = wire.tag(bytes, at, to);
            int value = wire.after;
            if (tag >>> 3 == paths.number && FieldIndex.matches(paths, tag & 7)) {
                int length = wire.length(bytes, value, to);
                int from = wire.after;
                // As when it is read, an empty path is none.
                if (length > 0) {
                    if (output.size() > start) {
                        output.put(',');
                    }
                    camelCase(bytes, from, from + length);
                }
                at = from + length;
                count--;
            } else {
                at = wire.skip(bytes, tag, value, to);
            }
        }
        output.put('"');
    }

    private void camelCase(byte[] bytes, int from, int to) {
        byte[] camel = new byte[to - from];
        int size = 0;
        for (int i = from; i < to; i++) {
            byte b = bytes[i];
            if (b == '_') {
                i++;
                if (i == to || bytes[i] < 'a' || bytes[i] > 'z') {
                    throw unusablePath(bytes, from, to);
                }
                camel[size++] = (byte) (bytes[i] & ~0x20);
            } else if ((b >= 'A' && b <= 'Z') || b == ',') {
                throw unusablePath(bytes, from, to);
            } else {
                camel[size++] = b;
            }
        }
        int quote = output.size();
        if (!output.putString(camel, 0, size, false)) {
            throw unusablePath(bytes, from, to);
        }
        output.unquote(quote);
    }

    private static UnusableMessageException unusablePath(byte[] bytes, int from, int to) {
        return new UnusableMessageException(
                "a FieldMask has a path without a form in JSON: " + new String(bytes, from, to - from, UTF_8));
    }
}
