package io.tollgate.grpc.transcoding.json;

/**
 * A request that is composed of a body and of fields set by path, query and identity, in any order; identity last, so that it
 * wins within a oneof. Violations are collected and thrown by {@link #toByteArray}. Not thread-safe, for one request.
 */
public final class RequestMessage {
    RequestMessage() {}

    /**
     * Reads the whole message ({@code body: "*"}).
     *
     * @param json not empty: without a body nothing is to be read
     * @throws io.tollgate.api.GatewayException {@code INVALID_JSON} if it is no JSON object, is malformed or has a byte order
     *     mark; {@code INVALID_ARGUMENT} at the 50th violation, or nested more than 100 levels
     */
    public void readBody(byte[] json) {
        throw new UnsupportedOperationException();
    }

    /** Reads one field of the message ({@code body: "book"}) of any type; violations are named {@code book.…}. */
    public void readBody(FieldPath field, byte[] json) {
        throw new UnsupportedOperationException();
    }

    /**
     * Sets a field, or adds to a list, from a text of the path or the query. A text that does not fit, a second value for a
     * singular field, and a second member of a oneof are violations.
     *
     * @param field one that reads text
     */
    public void set(FieldPath field, String text) {
        throw new UnsupportedOperationException();
    }

    /**
     * Sets a field of the identity, whatever was set before.
     *
     * @return false if the text does not fit; then nothing is set, and there is no violation
     */
    public boolean setIdentity(FieldPath field, String text) {
        throw new UnsupportedOperationException();
    }

    /** Sets a field of type {@code bytes} as it is ({@code HttpBody.data}). */
    public void setBytes(FieldPath field, byte[] bytes) {
        throw new UnsupportedOperationException();
    }

    /** Adds a violation of the caller's, such as an unknown parameter. */
    public void violation(String field, String code, String message) {
        throw new UnsupportedOperationException();
    }

    /**
     * Returns the message in the wire format.
     *
     * @throws io.tollgate.api.GatewayException {@code INVALID_ARGUMENT} with all violations, at most 50
     */
    public byte[] toByteArray() {
        throw new UnsupportedOperationException();
    }
}
