package io.tollgate.grpc.transcoding.json;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Converts messages of one type between JSON and the wire format. Immutable and thread-safe. */
public final class MessageCodec {
    /** Fields with lower numbers are found in an array. */
    private static final int FIRST_NUMBERS = 256;

    private final Codecs codecs;
    private final Descriptor type;

    final Shape shape;

    /** Sorted by number, which is the order in which they are written. */
    final FieldCodec[] fields;

    final FieldCodec[] required;
    final int oneofs;

    private final NameTable<FieldCodec> byName;
    private final @Nullable FieldCodec[] byNumber;

    MessageCodec(Codecs codecs, Descriptor type) {
        this.codecs = codecs;
        this.type = type;
        shape = Shape.of(type);
        List<FieldDescriptor> descriptors = new ArrayList<>(type.getFields());
        descriptors.addAll(codecs.extensions(type));
        descriptors.sort(Comparator.comparingInt(FieldDescriptor::getNumber));
        fields = new FieldCodec[descriptors.size()];
        for (int i = 0; i < fields.length; i++) {
            fields[i] = new FieldCodec(descriptors.get(i), i, codecs.options());
        }
        required = Arrays.stream(fields).filter(field -> field.required).toArray(FieldCodec[]::new);
        oneofs = type.getOneofs().size();
        Map<String, FieldCodec> names = new HashMap<>();
        for (FieldCodec field : fields) {
            names.put(field.jsonName, field);
        }
        for (FieldCodec field : fields) {
            if (!field.descriptor.isExtension()) {
                names.putIfAbsent(field.descriptor.getName(), field);
            }
        }
        byName = new NameTable<>(names);
        int highest = fields.length == 0 ? 0 : fields[fields.length - 1].number;
        byNumber = new FieldCodec[Math.min(highest + 1, FIRST_NUMBERS)];
        for (FieldCodec field : fields) {
            if (field.number < byNumber.length) {
                byNumber[field.number] = field;
            }
        }
    }

    /** Returns the type of the messages. */
    public Descriptor type() {
        return type;
    }

    /**
     * Appends a message as JSON.
     *
     * @throws UnusableMessageException if the bytes are no message of this type, or it has no JSON form; what was appended
     *     until then remains
     */
    public void write(byte[] message, JsonOutput output) {
        new JsonWriter(codecs, this, output).write(this, message);
    }

    /**
     * Appends one field of a message as JSON ({@code response_body}): its default value if it is unset.
     *
     * @throws UnusableMessageException as {@link #write} does
     * @throws IllegalArgumentException if the field is of another type
     */
    public void writeField(FieldDescriptor field, byte[] message, JsonOutput output) {
        new JsonWriter(codecs, this, output).writeField(this, codec(field), message);
    }

    /** Begins a request of this type. */
    public RequestMessage request(FixedFields fixed) {
        return new RequestMessage(codecs, this, requireNonNull(fixed, "fixed"));
    }

    FieldCodec codec(FieldDescriptor field) {
        FieldCodec codec = field(field.getNumber());
        if (codec == null || !codec.descriptor.equals(field)) {
            throw new IllegalArgumentException(
                    "field: " + field.getFullName() + " (expected: a field of " + type.getFullName() + ")");
        }
        return codec;
    }

    /** Returns the field of a name: a JSON name, else the name in the descriptor. */
    @Nullable
    FieldCodec field(byte[] name, int from, int to) {
        return byName.get(name, from, to);
    }

    /** Returns the field of a number, or null. */
    @Nullable
    FieldCodec field(int number) {
        return number < byNumber.length ? byNumber[number] : higherField(number);
    }

    private @Nullable FieldCodec higherField(int number) {
        int low = 0;
        int high = fields.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (fields[middle].number == number) {
                return fields[middle];
            }
            if (fields[middle].number < number) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return null;
    }
}
