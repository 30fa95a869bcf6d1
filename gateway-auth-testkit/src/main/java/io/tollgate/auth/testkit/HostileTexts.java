package io.tollgate.auth.testkit;

import static java.nio.charset.StandardCharsets.UTF_16;

import io.tollgate.auth.keys.SignatureAlgorithm;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tokens of the wrong form, and with the wrong signature. */
final class HostileTexts extends TokenTable {
    HostileTexts(HostileTokens hostile, Map<String, String> tokens) {
        super(hostile, tokens);
    }

    @Override
    void fill() {
        shapes();
        texts();
        signatures(key.algorithm());
    }

    /** Adds what is wrong before a signature matters. */
    private void shapes() {
        String[] parts = good.split("\\.", -1);
        add("empty", "");
        add("a dot", ".");
        add("two dots", "..");
        add("four dots", "....");
        add("header alone", parts[0]);
        add("no signature part", parts[0] + "." + parts[1]);
        add("empty signature", parts[0] + "." + parts[1] + ".");
        add("empty header", "." + parts[1] + "." + parts[2]);
        add("empty payload", parts[0] + ".." + parts[2]);
        add("four parts", good + "." + parts[2]);
        add("five parts, as a JWE", good + "." + parts[2] + "." + parts[2]);
        add("trailing dot", good + ".");
        add("leading dot", "." + good);
        add("signature first", parts[2] + "." + parts[0] + "." + parts[1]);
        add("payload as header", parts[1] + "." + parts[1] + "." + parts[2]);
        add(
                "JSON serialization",
                "{\"payload\":\"" + parts[1] + "\",\"protected\":\"" + parts[0] + "\",\"signature\":\"" + parts[2]
                        + "\"}");
        add(
                "oversize",
                signed(
                        "{" + alg + "}",
                        members("\"user_id\":\"u\",\"exp\":" + (now + 900) + ",\"pad\":\"" + "x".repeat(8192) + "\"")));
        add("a megabyte of dots", ".".repeat(1 << 20));
        add("nested", signed("{" + alg + "}", "\"" + good + "\""));
        add("payload a token", TestToken.signParts(key, parts[0], TestToken.base64Url(good)));
        add("payload a list", signed("{" + alg + "}", "[" + goodClaims + "]"));
        add("payload null", signed("{" + alg + "}", "null"));
        add("payload a string", signed("{" + alg + "}", "\"u\""));
        add("payload no JSON", signed("{" + alg + "}", "user_id=u"));
        add("payload unquoted", signed("{" + alg + "}", "{user_id:\"u\",exp:" + (now + 900) + "}"));
        add("payload single-quoted", signed("{" + alg + "}", goodClaims.replace('"', '\'')));
        add("payload with trailing content", signed("{" + alg + "}", goodClaims + "x"));
        add("payload with trailing comma", signed("{" + alg + "}", goodClaims.replace("}", ",}")));
        add("payload cut off", signed("{" + alg + "}", goodClaims.substring(0, goodClaims.length() - 1)));
        add("payload with a byte order mark", signed("{" + alg + "}", "\ufeff" + goodClaims));
        add("payload no UTF-8", TestToken.signParts(key, parts[0], TestToken.base64Url(new byte[] {
            '{', '"', (byte) 0xff, '"', ':', '1', '}'
        })));
        add("payload in UTF-16", TestToken.signParts(key, parts[0], TestToken.base64Url(goodClaims.getBytes(UTF_16))));
        add(
                "payload nested 2000 deep",
                signed(
                        "{" + alg + "}",
                        members("\"user_id\":\"u\",\"exp\":" + (now + 900) + ",\"x\":" + "[".repeat(2000)
                                + "]".repeat(2000))));
    }

    /** Adds the good token, written differently. */
    private void texts() {
        String[] parts = good.split("\\.", -1);
        add("leading space", " " + good);
        add("trailing space", good + " ");
        add("trailing newline", good + "\n");
        add("tab inside", parts[0] + ".\t" + parts[1] + "." + parts[2]);
        add(
                "newline in the signature",
                parts[0] + "." + parts[1] + "." + parts[2].substring(0, 5) + "\n" + parts[2].substring(5));
        add("zero byte at the end", good + "\0");
        add("padded", good + "=");
        add("padded twice", good + "==");
        add("padded header", parts[0] + "=." + parts[1] + "." + parts[2]);
        add("plus and slash", good.replace('-', '+').replace('_', '/') + "+");
        add("percent-encoded dot", parts[0] + "%2E" + parts[1] + "." + parts[2]);
        add("full-width dot", parts[0] + "\uff0e" + parts[1] + "." + parts[2]);
        add("full-width letter", "\uff25" + good.substring(1));
        add("Bearer before it", "Bearer " + good);
        add("quoted", "\"" + good + "\"");
        add("two tokens", good + "," + good);
        add(
                "stray bits in the signature",
                withStrayBits(parts[2]) == null
                        ? good + "A"
                        : parts[0] + "." + parts[1] + "." + withStrayBits(parts[2]));
        add("one character more", good + "A");
    }

    private void signatures(SignatureAlgorithm algorithm) {
        String[] parts = good.split("\\.", -1);
        String input = parts[0] + "." + parts[1] + ".";
        byte[] signature = Base64.getUrlDecoder().decode(parts[2]);
        for (int i = 0; i < signature.length; i++) {
            byte[] flipped = signature.clone();
            flipped[i] ^= (byte) (1 << (i % 8));
            add("bit flipped in byte " + i + " of the signature", input + TestToken.base64Url(flipped));
        }
        for (int length : List.of(1, signature.length / 2, signature.length - 1)) {
            add("signature cut to " + length + " bytes", input + TestToken.base64Url(Arrays.copyOf(signature, length)));
        }
        add("signature one byte longer", input + TestToken.base64Url(Arrays.copyOf(signature, signature.length + 1)));
        add("signature of zeros", input + TestToken.base64Url(new byte[signature.length]));
        byte[] ones = new byte[signature.length];
        Arrays.fill(ones, (byte) 0xff);
        add("signature of ones", input + TestToken.base64Url(ones));
        add("signature twice", input + parts[2] + parts[2]);
        add("signature of another key", TestToken.sign(TestKeys.fresh(algorithm), "{" + alg + "}", goodClaims));
        add(
                "claims changed after signing",
                parts[0] + "." + TestToken.base64Url(goodClaims.replace("\"u\"", "\"admin\"")) + "." + parts[2]);
        add(
                "header changed after signing",
                TestToken.base64Url("{" + alg + ",\"x\":1}") + "." + parts[1] + "." + parts[2]);
    }

    /** Returns the signature with other unused bits in its last character; null if its length leaves none. */
    private static @Nullable String withStrayBits(String part) {
        int unused = part.length() % 4 == 2 ? 4 : part.length() % 4 == 3 ? 2 : 0;
        if (unused == 0) {
            return null;
        }
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        int last = alphabet.indexOf(part.charAt(part.length() - 1));
        return part.substring(0, part.length() - 1) + alphabet.charAt(last | 1);
    }
}
