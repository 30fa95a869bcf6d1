package io.tollgate.auth;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Encrypts a successor for the grace window: AES-256-GCM with a key derived from the token that it succeeds. The store
 * has only the SHA-256 of that token, so it cannot decrypt; the client that presents the token again can.
 */
final class SealedSuccessor {
    private static final byte[] LABEL =
            "tollgate refresh successor v1".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final int SEALED_BYTES = NONCE_BYTES + RefreshToken.BYTES + TAG_BITS / 8;
    private static final SecureRandom RANDOM = new SecureRandom();

    private SealedSuccessor() {}

    static String seal(RefreshToken presented, RefreshToken successor) {
        byte[] nonce = new byte[NONCE_BYTES];
        RANDOM.nextBytes(nonce);
        try {
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, presented, nonce).doFinal(successor.bytes());
            byte[] all = Arrays.copyOf(nonce, NONCE_BYTES + sealed.length);
            System.arraycopy(sealed, 0, all, NONCE_BYTES, sealed.length);
            return Base64.getUrlEncoder().withoutPadding().encodeToString(all);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot seal a refresh token", e);
        }
    }

    /** Decrypts a successor; empty if it was not sealed with the presented token, or was changed. */
    static Optional<RefreshToken> open(RefreshToken presented, String sealed) {
        try {
            byte[] all = Base64.getUrlDecoder().decode(sealed);
            if (all.length != SEALED_BYTES) {
                return Optional.empty(); // The cipher of the JDK throws unchecked exceptions for some other lengths.
            }
            Cipher cipher = cipher(Cipher.DECRYPT_MODE, presented, Arrays.copyOf(all, NONCE_BYTES));
            return RefreshToken.ofBytes(cipher.doFinal(all, NONCE_BYTES, all.length - NONCE_BYTES));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Cipher cipher(int mode, RefreshToken presented, byte[] nonce) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(presented.bytes(), "HmacSHA256"));
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, new SecretKeySpec(mac.doFinal(LABEL), "AES"), new GCMParameterSpec(TAG_BITS, nonce));
        return cipher;
    }
}
