package io.tollgate.auth.redis;

import java.util.regex.Pattern;

/** The prefix of all keys of a store in Redis. */
public final class Namespace {
    /** No prefix. */
    public static final Namespace NONE = new Namespace("");

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]{1,64}");

    private final String prefix;

    private Namespace(String prefix) {
        this.prefix = prefix;
    }

    /** Returns the namespace whose keys begin with {@code name} and a colon. */
    public static Namespace of(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "namespace: \"" + name + "\" (expected: 1 to 64 characters of A-Z a-z 0-9 _ . -)");
        }
        return new Namespace(name + ":");
    }

    /** Returns the key with the prefix. Its slot in a cluster stays that of its hash tag, if it has one. */
    public String key(String key) {
        return prefix + key;
    }
}
