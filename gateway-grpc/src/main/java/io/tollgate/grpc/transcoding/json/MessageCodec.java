package io.tollgate.grpc.transcoding.json;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;

/** Converts messages of one type between JSON and the wire format. Immutable and thread-safe. */
public final class MessageCodec {
    private MessageCodec() {}

    /** Returns the type of the messages. */
    public Descriptor type() {
        throw new UnsupportedOperationException();
    }

    /**
     * Appends a message as JSON.
     *
     * @throws UnusableMessageException if the bytes are no message of this type, or it has no JSON form; what was appended
     *     until then remains
     */
    public void write(byte[] message, JsonOutput output) {
        throw new UnsupportedOperationException();
    }

    /** Appends one field of a message as JSON ({@code response_body}): its default value if it is unset. */
    public void writeField(FieldDescriptor field, byte[] message, JsonOutput output) {
        throw new UnsupportedOperationException();
    }

    /** Begins a request of this type. */
    public RequestMessage request(FixedFields fixed) {
        throw new UnsupportedOperationException();
    }
}
