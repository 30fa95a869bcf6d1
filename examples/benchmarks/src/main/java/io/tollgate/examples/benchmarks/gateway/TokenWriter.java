package io.tollgate.examples.benchmarks.gateway;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.tollgate.examples.benchmarks.load.TokenFile;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Base64;
import java.util.HashSet;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.function.IntFunction;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Writes the tokens that the scenarios send. All of a kind have the same length. */
final class TokenWriter {
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();
    private static final String HS256 = encode("{\"alg\":\"HS256\",\"typ\":\"JWT\"}");
    private static final String ES256 = encode("{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":\"bench-es256\"}");
    private static final long VALID_SECONDS = 24 * 3_600;
    private static final int SIGNATURE_BYTES = 64;

    private final Path folder;
    private final String secret;
    private final Set<Path> written = new HashSet<>();
    private final long now = Instant.now().getEpochSecond();

    TokenWriter(Path folder, String secret) {
        this.folder = folder;
        this.secret = secret;
    }

    /** Writes valid tokens of {@code count} users. */
    TokenFile users(int count) throws IOException {
        Mac mac = mac(secret);
        return write("users-" + count, count, i -> signed(mac, "user-" + number(i)));
    }

    /** Writes the valid token of one user of that name. */
    TokenFile user(String name) throws IOException {
        Mac mac = mac(secret);
        return write(name, 1, i -> signed(mac, name));
    }

    /** Writes one token that is signed with another secret. */
    TokenFile wronglySigned() throws IOException {
        Mac mac = mac(new StringBuilder(secret).reverse().toString());
        return write("wrongly-signed", 1, i -> signed(mac, "user-" + number(i)));
    }

    /** Writes tokens whose ES256 signatures are random, each another. */
    TokenFile forged(int count) throws IOException {
        Random random = new Random(42);
        return write("forged", count, i -> {
            byte[] signature = new byte[SIGNATURE_BYTES];
            random.nextBytes(signature);
            // Both halves stay below the order of the curve, so that only the arithmetic can tell.
            signature[0] = 1;
            signature[SIGNATURE_BYTES / 2] = 1;
            return ES256 + "." + claims("user-" + number(i)) + "." + BASE64.encodeToString(signature);
        });
    }

    /** Writes a public ES256 key as PEM, whose private key nobody keeps. */
    Path publicKey() throws IOException {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            byte[] key = generator.generateKeyPair().getPublic().getEncoded();
            String text = Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII)).encodeToString(key);
            return Files.writeString(
                    folder.resolve("es256.pem"),
                    "-----BEGIN PUBLIC KEY-----\n" + text + "\n-----END PUBLIC KEY-----\n");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Deletes what was written; the tokens of a million users are some 200 MB. */
    void deleteAll() throws IOException {
        for (Path file : written) {
            Files.deleteIfExists(file);
        }
    }

    private TokenFile write(String name, int count, IntFunction<String> token) throws IOException {
        Path file = folder.resolve(name + ".tokens");
        written.add(file);
        int length = 0;
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
            for (int i = 0; i < count; i++) {
                byte[] bytes = token.apply(i).getBytes(US_ASCII);
                if (i > 0 && bytes.length != length) {
                    throw new IllegalStateException(name + ": tokens of different lengths");
                }
                length = bytes.length;
                out.write(bytes);
                out.write('\n');
            }
        }
        return new TokenFile(file, count, length);
    }

    private String signed(Mac mac, String user) {
        String input = HS256 + "." + claims(user);
        return input + "." + BASE64.encodeToString(mac.doFinal(input.getBytes(US_ASCII)));
    }

    private String claims(String user) {
        return encode("{\"sub\":\"" + user + "\",\"iat\":" + now + ",\"exp\":" + (now + VALID_SECONDS) + "}");
    }

    private static String number(int i) {
        return String.format(Locale.ROOT, "%07d", i);
    }

    private static String encode(String json) {
        return BASE64.encodeToString(json.getBytes(UTF_8));
    }

    private static Mac mac(String key) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key.getBytes(UTF_8), "HmacSHA256"));
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
