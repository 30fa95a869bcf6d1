package io.tollgate.grpc.transcoding.json;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.util.List;

/** A field of a message, or of a message in it: {@code book.author.name}. Immutable; equal if the fields are the same. */
public final class FieldPath {
    private FieldPath() {}

    /**
     * Returns the field that a dotted path names, each part by its proto name or its JSON name.
     *
     * @throws IllegalArgumentException if there is none, or a part before the last is repeated, a map, no message, or a message
     *     with a JSON form of its own ({@code Timestamp}); the message says which part
     */
    public static FieldPath of(Descriptor type, String path) {
        throw new UnsupportedOperationException();
    }

    /** Returns the fields from the outermost to the last. */
    public List<FieldDescriptor> fields() {
        throw new UnsupportedOperationException();
    }

    /** Returns the last field. */
    public FieldDescriptor field() {
        throw new UnsupportedOperationException();
    }

    /**
     * Returns whether one text value can be read into the field: scalars, enums, bytes, {@code Timestamp}, {@code Duration},
     * {@code FieldMask}, wrappers, and lists of these; not other messages and maps.
     */
    public boolean readsText() {
        throw new UnsupportedOperationException();
    }

    /** Returns the JSON names with dots between them, as violations have them. */
    @Override
    public String toString() {
        throw new UnsupportedOperationException();
    }
}
