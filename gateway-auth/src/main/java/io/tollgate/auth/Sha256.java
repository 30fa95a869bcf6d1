package io.tollgate.auth;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256, which every Java platform has. Copies a prototype: the search among the providers takes as long as a token's digest. */
final class Sha256 {
    private static final MessageDigest PROTOTYPE = search();

    private Sha256() {}

    static byte[] digest(byte[] input) {
        return copy(PROTOTYPE).digest(input);
    }

    /** Returns an unused digest: a copy, or a new one if the provider cannot copy. */
    static MessageDigest copy(MessageDigest unused) {
        try {
            return (MessageDigest) unused.clone();
        } catch (CloneNotSupportedException e) {
            return search();
        }
    }

    private static MessageDigest search() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
