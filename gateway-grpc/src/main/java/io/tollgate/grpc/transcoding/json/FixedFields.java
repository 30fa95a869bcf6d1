package io.tollgate.grpc.transcoding.json;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * The fields that the path and the gateway (identity) set. What a body has for them is discarded, valid or not; it must be JSON.
 * Immutable, made once for each binding.
 */
public final class FixedFields {
    private final FixedNode root;

    private FixedFields(FixedNode root) {
        this.root = root;
    }

    /** Returns a builder of the fixed fields of requests of this type. */
    public static Builder builder(Descriptor type) {
        return new Builder(type);
    }

    /** Returns whether the field or a message around it is fixed: a query parameter for it is to be ignored. */
    public boolean contains(FieldPath path) {
        FixedNode node = root;
        for (FieldDescriptor field : path.fields()) {
            if (node == null) {
                return false;
            }
            if (node.isLeaf(field)) {
                return true;
            }
            node = node.child(field);
        }
        return false;
    }

    /** Returns the fixed fields of the whole message; null if there are none. */
    @Nullable
    FixedNode root() {
        return root.isEmpty() ? null : root;
    }

    /** Collects the fields. */
    public static final class Builder {
        private final Descriptor type;
        private final FixedNode root = new FixedNode();

        private Builder(Descriptor type) {
            this.type = requireNonNull(type, "type");
        }

        /**
         * Adds a field that the path always sets: another member of its oneof in a body is a violation.
         *
         * @throws IllegalArgumentException if it is a field of another type
         */
        public Builder bound(FieldPath path) {
            root.add(checked(path).fields(), true);
            return this;
        }

        /**
         * Adds a field that the gateway sets, or leaves unset.
         *
         * @throws IllegalArgumentException if it is a field of another type
         */
        public Builder discarded(FieldPath path) {
            root.add(checked(path).fields(), false);
            return this;
        }

        private FieldPath checked(FieldPath path) {
            Descriptor parent = path.fields().get(0).getContainingType();
            if (!parent.equals(type)) {
                throw new IllegalArgumentException(
                        "path: " + path + " of " + parent.getFullName() + " (expected: of " + type.getFullName() + ")");
            }
            return path;
        }

        /** Returns the fields; the builder must not be used afterwards. */
        public FixedFields build() {
            return new FixedFields(root);
        }
    }
}
