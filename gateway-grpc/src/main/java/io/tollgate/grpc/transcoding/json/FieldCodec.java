package io.tollgate.grpc.transcoding.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.WireFormat;
import org.jspecify.annotations.Nullable;

/** A field, with all that its descriptor says brought into the form in which the codecs need it. */
final class FieldCodec {
    final FieldDescriptor descriptor;
    final FieldDescriptor.Type type;
    final int number;
    final int wireType;

    /** The position in the message's fields, which are sorted by number. */
    final int index;

    final boolean map;

    /** A list; not a map. */
    final boolean list;

    final boolean packed;
    final boolean packable;
    final boolean message;

    /** Written whenever it is there, and only then. */
    final boolean presence;

    final boolean required;

    /** Bytes that are no UTF-8 are an error. */
    final boolean utf8;

    /** Number of the oneof in the message; -1 outside of one, and for an optional field. */
    final int oneof;

    /** The tag of one value, and that of all values where the list is written packed. */
    final byte[] tag;

    final byte[] packedTag;
    final byte[] endTag;

    /** The name in violations. */
    final String jsonName;

    /** The name as it is written: {@code "pageToken":}. */
    final byte[] property;

    final @Nullable EnumCodec enumeration;

    /** The only field of a wrapper. */
    final @Nullable FieldCodec wrapped;

    final @Nullable FieldCodec key;
    final @Nullable FieldCodec value;

    /** Null until it is needed; setting it twice is harmless. */
    private @Nullable MessageCodec child;

    FieldCodec(FieldDescriptor descriptor, int index, JsonOptions options) {
        this.descriptor = descriptor;
        this.index = index;
        type = descriptor.getType();
        number = descriptor.getNumber();
        wireType = wireType(type);
        map = descriptor.isMapField();
        list = descriptor.isRepeated() && !map;
        packed = descriptor.isPacked();
        packable = descriptor.isPackable();
        message = type == FieldDescriptor.Type.MESSAGE || type == FieldDescriptor.Type.GROUP;
        presence = descriptor.hasPresence() || descriptor.isExtension();
        required = descriptor.isRequired();
        utf8 = type == FieldDescriptor.Type.STRING && descriptor.needsUtf8Check();
        OneofDescriptor real = descriptor.getRealContainingOneof();
        oneof = real == null ? -1 : real.getIndex();
        tag = tag(number, wireType);
        packedTag = tag(number, WireFormat.WIRETYPE_LENGTH_DELIMITED);
        endTag = tag(number, WireFormat.WIRETYPE_END_GROUP);
        jsonName = descriptor.isExtension() ? '[' + descriptor.getFullName() + ']' : descriptor.getJsonName();
        String written = options.preserveProtoNames() && !descriptor.isExtension() ? descriptor.getName() : jsonName;
        JsonOutput quoted = new JsonOutput(written.length() + 3);
        byte[] name = written.getBytes(UTF_8);
        quoted.putString(name, 0, name.length, true);
        quoted.put(':');
        property = quoted.toByteArray();
        enumeration = type == FieldDescriptor.Type.ENUM ? new EnumCodec(descriptor.getEnumType()) : null;
        wrapped = message && Shape.of(descriptor.getMessageType()) == Shape.WRAPPER
                ? new FieldCodec(descriptor.getMessageType().findFieldByNumber(1), 0, options)
                : null;
        key = map ? new FieldCodec(descriptor.getMessageType().findFieldByNumber(1), 0, options) : null;
        value = map ? new FieldCodec(descriptor.getMessageType().findFieldByNumber(2), 1, options) : null;
    }

    /** Returns the codec of the field's messages. */
    MessageCodec child(Codecs codecs) {
        MessageCodec codec = child;
        if (codec == null) {
            codec = codecs.of(descriptor.getMessageType());
            child = codec;
        }
        return codec;
    }

    /** Returns whether {@code null} is a value of the field: in {@code Value} and {@code NullValue}. */
    boolean acceptsNull() {
        return enumeration != null
                ? enumeration.isNullValue()
                : message && Shape.of(descriptor.getMessageType()) == Shape.VALUE;
    }

    /** Returns whether one text can be read into the field, or into an element of it. */
    boolean readsText() {
        return !map && (!message || Shape.of(descriptor.getMessageType()).isScalar());
    }

    private static int wireType(FieldDescriptor.Type type) {
        return switch (type) {
            case DOUBLE, FIXED64, SFIXED64 -> WireFormat.WIRETYPE_FIXED64;
            case FLOAT, FIXED32, SFIXED32 -> WireFormat.WIRETYPE_FIXED32;
            case STRING, BYTES, MESSAGE -> WireFormat.WIRETYPE_LENGTH_DELIMITED;
            case GROUP -> WireFormat.WIRETYPE_START_GROUP;
            default -> WireFormat.WIRETYPE_VARINT;
        };
    }

    static byte[] tag(int number, int wireType) {
        WireOutput output = new WireOutput(5);
        output.varint(Integer.toUnsignedLong(number << 3 | wireType));
        return output.toByteArray();
    }
}
