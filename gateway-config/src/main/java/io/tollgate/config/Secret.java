package io.tollgate.config;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** A text that only {@link #value()} shows. Not a record: equality takes the same time whatever the difference. */
public final class Secret {
    private final String value;

    /** Creates a secret. */
    public Secret(String value) {
        this.value = requireNonNull(value, "value");
    }

    /** Returns the secret itself, which must not get into a message. */
    public String value() {
        return value;
    }

    /** Returns its UTF-8 bytes in a new array. */
    public byte[] bytes() {
        return value.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof Secret other && MessageDigest.isEqual(bytes(), other.bytes());
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    @Override
    public String toString() {
        return "<redacted>";
    }
}
