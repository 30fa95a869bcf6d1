package io.tollgate.grpc.transcoding.json;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A field of a message, or of a message in it: {@code book.author.name}. Immutable; equal if the fields are the same. */
public final class FieldPath {
    final FieldCodec[] codecs;

    private final List<FieldDescriptor> fields;
    private final String text;

    /** The choices within oneofs that setting the field makes; empty for most. */
    final List<Choice> choices;

    /** A oneof of the message at {@code parent}, and the member of it. */
    record Choice(Oneof oneof, FieldDescriptor member) {}

    record Oneof(List<FieldDescriptor> parent, String name) {}

    private FieldPath(List<FieldDescriptor> fields) {
        this.fields = List.copyOf(fields);
        codecs = new FieldCodec[fields.size()];
        StringBuilder names = new StringBuilder();
        List<Choice> chosen = new ArrayList<>(0);
        for (int i = 0; i < codecs.length; i++) {
            FieldDescriptor field = fields.get(i);
            codecs[i] = new FieldCodec(field, 0, JsonOptions.DEFAULTS);
            names.append(i == 0 ? "" : ".").append(field.getJsonName());
            if (field.getRealContainingOneof() != null) {
                Oneof oneof = new Oneof(
                        this.fields.subList(0, i),
                        field.getRealContainingOneof().getName());
                chosen.add(new Choice(oneof, field));
            }
        }
        text = names.toString();
        choices = List.copyOf(chosen);
    }

    /**
     * Returns the field that a dotted path of a client names, each part by its JSON name, or else by its proto name; null if there
     * is none, or a part before the last is repeated, a map, no message, or a message with a JSON form of its own
     * ({@code Timestamp}).
     */
    public static @Nullable FieldPath find(Descriptor type, String path) {
        return find(type, path, false, fault -> {});
    }

    /**
     * Returns the field that a dotted path of descriptors names, each part by its proto name.
     *
     * @throws IllegalArgumentException if there is none, for the reasons of {@link #find}; the message says which part is at fault
     */
    public static FieldPath of(Descriptor type, String path) {
        FieldPath found = find(type, path, true, fault -> {
            throw new IllegalArgumentException("field path " + path + ": " + fault);
        });
        return requireNonNull(found, path);
    }

    private static @Nullable FieldPath find(
            Descriptor type, String path, boolean protoNames, Consumer<String> onFault) {
        List<FieldDescriptor> fields = new ArrayList<>();
        Descriptor parent = requireNonNull(type, "type");
        String[] parts = requireNonNull(path, "path").split("\\.", -1);
        for (int i = 0; i < parts.length; i++) {
            FieldDescriptor field = find(parent, parts[i], protoNames);
            if (field == null) {
                onFault.accept(parent.getFullName() + " has no field " + parts[i]);
                return null;
            }
            fields.add(field);
            if (i < parts.length - 1) {
                if (field.isRepeated()) {
                    onFault.accept(parts[i] + " is repeated, which only the last part may be");
                    return null;
                }
                if (field.getJavaType() != FieldDescriptor.JavaType.MESSAGE
                        || Shape.of(field.getMessageType()) != Shape.MESSAGE) {
                    onFault.accept(parts[i] + " has no fields in JSON");
                    return null;
                }
                parent = field.getMessageType();
            }
        }
        return new FieldPath(fields);
    }

    private static @Nullable FieldDescriptor find(Descriptor type, String name, boolean protoNames) {
        FieldDescriptor named = type.findFieldByName(name);
        if (protoNames) {
            return named;
        }
        for (FieldDescriptor field : type.getFields()) {
            if (field.getJsonName().equals(name)) {
                return field;
            }
        }
        return named;
    }

    /** Returns the fields from the outermost to the last. */
    public List<FieldDescriptor> fields() {
        return fields;
    }

    /** Returns the last field. */
    public FieldDescriptor field() {
        return fields.get(fields.size() - 1);
    }

    FieldCodec codec() {
        return codecs[codecs.length - 1];
    }

    /**
     * Returns whether one text value can be read into the field: scalars, enums, bytes, {@code Timestamp}, {@code Duration},
     * {@code FieldMask}, wrappers, and lists of these; not other messages and maps.
     */
    public boolean readsText() {
        return codec().readsText();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof FieldPath path && fields.equals(path.fields);
    }

    @Override
    public int hashCode() {
        return fields.hashCode();
    }

    /** Returns the JSON names with dots between them, as violations have them. */
    @Override
    public String toString() {
        return text;
    }
}
