package io.tollgate.grpc.transcoding.json;

import com.google.protobuf.Descriptors.Descriptor;

/**
 * The fields that the path and the gateway (identity) set. What a body has for them is discarded, valid or not; it must be JSON.
 * Immutable, made once for each binding.
 */
public final class FixedFields {
    private FixedFields() {}

    public static Builder builder(Descriptor type) {
        throw new UnsupportedOperationException();
    }

    /** Returns whether the field or a message around it is fixed: a query parameter for it is to be ignored. */
    public boolean contains(FieldPath path) {
        throw new UnsupportedOperationException();
    }

    /** Collects the fields. */
    public static final class Builder {
        private Builder() {}

        /** Adds a field that the path always sets: another member of its oneof in a body is a violation. */
        public Builder bound(FieldPath path) {
            throw new UnsupportedOperationException();
        }

        /** Adds a field that the gateway sets, or leaves unset. */
        public Builder discarded(FieldPath path) {
            throw new UnsupportedOperationException();
        }

        public FixedFields build() {
            throw new UnsupportedOperationException();
        }
    }
}
