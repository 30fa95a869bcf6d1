package io.tollgate.runner.frontdoor;

import io.tollgate.auth.keys.SignatureAlgorithm;
import io.tollgate.auth.testkit.TestKeys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyPair;
import java.util.Arrays;
import java.util.Base64;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Ed25519 key pairs as JWK sets in files, as an operator would have them. */
final class KeyPairs {
    private KeyPairs() {}

    /** A new private key as a JWK of that name. */
    static String jwk(String kid) {
        KeyPair pair = TestKeys.newPair(SignatureAlgorithm.EdDSA);
        return "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"" + kid + "\",\"x\":\""
                + last32(pair.getPublic().getEncoded()) + "\",\"d\":\""
                + privatePart(pair) + "\"}";
    }

    private static String privatePart(KeyPair pair) {
        return last32(pair.getPrivate().getEncoded());
    }

    /** Replaces a file at once by a set of these keys. */
    static void write(Path file, String... jwks) {
        try {
            Path next = file.resolveSibling(file.getFileName() + ".next");
            Files.writeString(next, Stream.of(jwks).collect(Collectors.joining(",", "{\"keys\":[", "]}")));
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Both encodings of the JDK end with the 32 bytes of the key (RFC 8410, sections 4 and 7). */
    private static String last32(byte[] encoded) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length));
    }
}
