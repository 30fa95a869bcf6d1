package io.tollgate.auth;

import static io.tollgate.auth.keys.TestKeys.base64Url;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.nimbusds.jose.jwk.JWKSet;
import io.tollgate.auth.keys.KeySet;
import io.tollgate.auth.keys.SignatureAlgorithm;
import io.tollgate.auth.keys.TestKeys;
import io.tollgate.auth.keys.TokenKey;
import java.security.PublicKey;
import java.text.ParseException;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Tokens that must be refused, by name. Each is as near to a good one as it can be: where the fault is in the header or
 * the claims, the signature is made with the right key, so that nothing but the rule in question refuses it.
 */
public final class HostileTokens {
    private final TokenKey key;
    private final String alg;
    private final long now;
    private final String goodClaims;
    private final String good;
    private final Map<String, String> tokens = new LinkedHashMap<>();

    private HostileTokens(TokenKey key, long nowSeconds) {
        this.key = key;
        this.alg = "\"alg\":\"" + key.algorithm() + "\"";
        this.now = nowSeconds;
        this.goodClaims = "{\"user_id\":\"u\",\"exp\":" + (now + 900) + "}";
        this.good = TestKeys.sign(key, "{" + alg + "}", goodClaims);
    }

    /**
     * The token that all others differ from, which is good.
     *
     * @param key the key to sign with, which must be the only one of the verifier
     */
    public static String good(TokenKey key, long nowSeconds) {
        return new HostileTokens(key, nowSeconds).good;
    }

    /**
     * Tokens to refuse, by name, in order. Some have characters that no HTTP header can carry.
     *
     * @param key the key to sign with, which must be the only one of the verifier
     */
    public static Map<String, String> of(TokenKey key, long nowSeconds) {
        HostileTokens table = new HostileTokens(key, nowSeconds);
        table.algorithms(key.algorithm());
        table.headers();
        table.types();
        table.times();
        table.users();
        table.shapes();
        table.texts();
        table.signatures(key.algorithm());
        return table.tokens;
    }

    private void algorithms(SignatureAlgorithm algorithm) {
        for (String none : List.of("none", "None", "NONE", "nOnE", "none ", "")) {
            String header = base64Url("{\"alg\":\"" + none + "\"}");
            add("alg '" + none + "', no signature", header + "." + base64Url(goodClaims) + ".");
            add("alg '" + none + "', good signature", signed("{\"alg\":\"" + none + "\"}", goodClaims));
        }
        add("no alg", signed("{\"typ\":\"JWT\"}", goodClaims));
        add("alg null", signed("{\"alg\":null}", goodClaims));
        add("alg a list", signed("{\"alg\":[\"" + algorithm + "\"]}", goodClaims));
        add("alg a number", signed("{\"alg\":256}", goodClaims));
        add(
                "alg in lower case",
                signed("{\"alg\":\"" + algorithm.name().toLowerCase(java.util.Locale.ROOT) + "\"}", goodClaims));
        for (SignatureAlgorithm other : SignatureAlgorithm.values()) {
            if (other != algorithm) {
                add("alg " + other + " with our signature", signed("{\"alg\":\"" + other + "\"}", goodClaims));
                add(
                        "alg and key of " + other,
                        TestKeys.sign(TestKeys.of(other), "{\"alg\":\"" + other + "\"}", goodClaims));
            }
        }
        key.publicKey().ifPresent(this::publicKeyAsSecret);
    }

    private String publicJwk() {
        try {
            return JWKSet.parse(KeySet.of(key).toPublicJwks()).getKeys().get(0).toJSONString();
        } catch (ParseException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The classic confusion: what everybody may know, taken for an HMAC secret. */
    private void publicKeyAsSecret(PublicKey publicKey) {
        byte[] der = publicKey.getEncoded();
        String lines = Base64.getMimeEncoder(64, "\n".getBytes(UTF_8)).encodeToString(der);
        String pem = "-----BEGIN PUBLIC KEY-----\n" + lines + "\n-----END PUBLIC KEY-----";
        Map<String, byte[]> spellings = new LinkedHashMap<>();
        spellings.put("DER", der);
        spellings.put("PEM", pem.getBytes(UTF_8));
        spellings.put("PEM and newline", (pem + "\n").getBytes(UTF_8));
        spellings.put("JWK", publicJwk().getBytes(UTF_8));
        spellings.put("JWK set", KeySet.of(key).toPublicJwks().getBytes(UTF_8));
        spellings.forEach((name, secret) -> {
            for (SignatureAlgorithm hmac :
                    List.of(SignatureAlgorithm.HS256, SignatureAlgorithm.HS384, SignatureAlgorithm.HS512)) {
                byte[] longEnough = secret.length < 64 ? Arrays.copyOf(secret, 64) : secret;
                add(
                        hmac + " with the public key's " + name,
                        TestKeys.sign(TokenKey.secret(hmac, longEnough), "{\"alg\":\"" + hmac + "\"}", goodClaims));
                add(
                        hmac + " claimed with the public key's " + name,
                        TestKeys.sign(TokenKey.secret(hmac, longEnough), "{" + alg + "}", goodClaims));
            }
        });
    }

    private void headers() {
        header("crit", "[\"exp\"]");
        header("crit", "[]");
        header("b64", "false");
        header("b64", "true");
        header("jku", "\"https://evil.example/jwks.json\"");
        header("x5u", "\"https://evil.example/cert.pem\"");
        header("jwk", "{\"kty\":\"oct\",\"k\":\"AAAA\"}");
        header("x5c", "[\"MIIB\"]");
        header("zip", "\"DEF\"");
        header("enc", "\"A256GCM\"");
        header("epk", "{}");
        header("p2c", "1000000");
        header("x", "{\"a\":1,\"a\":2}");
        header("cty", "\"JWT\"");
        header("cty", "\"application/jwt\"");
        header("kid", "7");
        header("kid", "null");
        header("kid", "\"\"");
        header("kid", "[\"a\"]");
        header("kid", "\"" + "k".repeat(257) + "\"");
        header("kid", "\"a b\"");
        header("kid", "\"a\\u0000b\"");
        header("kid", "\"a\\r\\nSet-Cookie: x\"");
        header("kid", "\"ключ\"");
        add("alg twice", signed("{" + alg + "," + alg + "}", goodClaims));
        add("alg none and ours", signed("{\"alg\":\"none\"," + alg + "}", goodClaims));
        add("kid twice", signed("{" + alg + ",\"kid\":\"a\",\"kid\":\"b\"}", goodClaims));
        add("header a list", signed("[" + "{" + alg + "}" + "]", goodClaims));
        add("header null", signed("null", goodClaims));
        add("header no JSON", signed("alg=" + alg, goodClaims));
        add("header with a comment", signed("{/* */" + alg + "}", goodClaims));
        add("header with trailing content", signed("{" + alg + "}{}", goodClaims));
        for (String kid : List.of(
                "../../../../dev/null",
                "/dev/null",
                "file:///dev/null",
                "'_OR_1=1--",
                "x';DROP_TABLE_keys;--",
                "|whoami")) {
            TokenKey empty = TokenKey.secret(SignatureAlgorithm.HS256, new byte[64]);
            add(
                    "kid " + kid + ", signed with zeros",
                    TestKeys.sign(empty, "{\"alg\":\"HS256\",\"kid\":\"" + kid + "\"}", goodClaims));
        }
    }

    private void types() {
        for (String typ : List.of(
                "\"JWE\"",
                "\"refresh+jwt\"",
                "\"rt+jwt\"",
                "\"id+jwt\"",
                "\"\"",
                "null",
                "1",
                "[\"JWT\"]",
                "\"text/jwt\"")) {
            header("typ", typ);
        }
        for (String use : List.of("token_type", "type", "use")) {
            claim(use, "\"refresh\"");
            claim(use, "\"Refresh\"");
        }
        claim("token_type", "\"refresh_token\"");
        claim("token_type", "\"RefreshToken\"");
        claim("token_type", "[\"refresh\"]");
    }

    private void times() {
        claims("no exp", "{\"user_id\":\"u\"}");
        for (String exp : List.of(
                "null",
                "\"" + (now + 900) + "\"",
                (now + 900) + ".5",
                (now + 900) + ".0",
                "1e11",
                "-1",
                "0",
                "" + (now - 31),
                "9223372036854775807",
                "9223372036854775808",
                "1" + "0".repeat(400),
                "253402300800",
                "true",
                "{}",
                "[" + (now + 900) + "]",
                "\"2099-01-01T00:00:00Z\"",
                "NaN",
                "Infinity")) {
            claims("exp " + exp, "{\"user_id\":\"u\",\"exp\":" + exp + "}");
        }
        claim("nbf", "" + (now + 31));
        claim("nbf", "\"" + (now - 10) + "\"");
        claim("nbf", (now - 10) + ".5");
        claim("nbf", "null");
        claim("nbf", "9223372036854775807");
        claim("iat", "" + (now + 31));
        claim("iat", "\"" + (now - 10) + "\"");
        claim("iat", "1.5");
        claim("iat", "-1");
        claims("exp twice", "{\"user_id\":\"u\",\"exp\":" + (now - 900) + ",\"exp\":" + (now + 900) + "}");
    }

    private void users() {
        claims("no user", "{\"exp\":" + (now + 900) + "}");
        for (String user :
                List.of("\"\"", "\" \"", "7", "null", "true", "{}", "[\"u\"]", "\"a\\u0000\"", "\"a\\nb\"")) {
            claims("user_id " + user, "{\"user_id\":" + user + ",\"exp\":" + (now + 900) + "}");
            claims(
                    "user_id " + user + " beside sub",
                    "{\"user_id\":" + user + ",\"sub\":\"u\",\"exp\":" + (now + 900) + "}");
            claims("sub " + user, "{\"sub\":" + user + ",\"exp\":" + (now + 900) + "}");
        }
        claims("user_id twice", "{\"user_id\":\"u\",\"user_id\":\"admin\",\"exp\":" + (now + 900) + "}");
        claims(
                "user_id twice, once escaped",
                "{\"user_id\":\"u\",\"user\\u005fid\":\"admin\",\"exp\":" + (now + 900) + "}");
        claim("address", "{\"a\":1,\"a\":1}");
        claim("address", "[1,{\"b\":{\"a\":[],\"\\u0061\" : \"x\"}}]");
        claim("address", "{\"a\":{\"c\":\"}\"},\"b\":\"\\\"\",\"a\":2}");
        claim("scope", "7");
        claim("scope", "[7]");
        claim("roles", "{\"admin\":true}");
        claim("roles", "[[\"admin\"]]");
        claim("jti", "7");
    }

    /** What is wrong before a signature is looked at. */
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
                        "{\"user_id\":\"u\",\"exp\":" + (now + 900) + ",\"pad\":\"" + "x".repeat(8192) + "\"}"));
        add("a megabyte of dots", ".".repeat(1 << 20));
        add("nested", signed("{" + alg + "}", "\"" + good + "\""));
        add("payload a token", TestKeys.signParts(key, parts[0], base64Url(good)));
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
        add("payload no UTF-8", TestKeys.signParts(key, parts[0], base64Url(new byte[] {
            '{', '"', (byte) 0xff, '"', ':', '1', '}'
        })));
        add(
                "payload in UTF-16",
                TestKeys.signParts(
                        key, parts[0], base64Url(goodClaims.getBytes(java.nio.charset.StandardCharsets.UTF_16))));
        add(
                "payload nested 2000 deep",
                signed(
                        "{" + alg + "}",
                        "{\"user_id\":\"u\",\"exp\":" + (now + 900) + ",\"x\":" + "[".repeat(2000) + "]".repeat(2000)
                                + "}"));
    }

    /** The same token, written differently. */
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
            add("bit flipped in byte " + i + " of the signature", input + base64Url(flipped));
        }
        for (int length : List.of(1, signature.length / 2, signature.length - 1)) {
            add("signature cut to " + length + " bytes", input + base64Url(Arrays.copyOf(signature, length)));
        }
        add("signature one byte longer", input + base64Url(Arrays.copyOf(signature, signature.length + 1)));
        add("signature of zeros", input + base64Url(new byte[signature.length]));
        byte[] ones = new byte[signature.length];
        Arrays.fill(ones, (byte) 0xff);
        add("signature of ones", input + base64Url(ones));
        add("signature twice", input + parts[2] + parts[2]);
        add("signature of another key", TestKeys.sign(TestKeys.fresh(algorithm), "{" + alg + "}", goodClaims));
        add(
                "claims changed after signing",
                parts[0] + "." + base64Url(goodClaims.replace("\"u\"", "\"admin\"")) + "." + parts[2]);
        add("header changed after signing", base64Url("{" + alg + ",\"x\":1}") + "." + parts[1] + "." + parts[2]);
    }

    /** The signature with other unused bits in its last character; null where its length leaves none. */
    private static String withStrayBits(String part) {
        int unused = part.length() % 4 == 2 ? 4 : part.length() % 4 == 3 ? 2 : 0;
        if (unused == 0) {
            return null;
        }
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        int last = alphabet.indexOf(part.charAt(part.length() - 1));
        return part.substring(0, part.length() - 1) + alphabet.charAt(last | 1);
    }

    private void header(String name, String value) {
        add("header " + name + " " + value, signed("{" + alg + ",\"" + name + "\":" + value + "}", goodClaims));
    }

    private void claim(String name, String value) {
        claims(
                name + " " + value,
                goodClaims.substring(0, goodClaims.length() - 1) + ",\"" + name + "\":" + value + "}");
    }

    private void claims(String name, String claims) {
        add("claims: " + name, signed("{" + alg + "}", claims));
    }

    private String signed(String header, String claims) {
        return TestKeys.sign(key, header, claims);
    }

    private void add(String name, String token) {
        if (tokens.put(name, token) != null) {
            throw new IllegalStateException("two hostile tokens have the name " + name);
        }
    }
}
