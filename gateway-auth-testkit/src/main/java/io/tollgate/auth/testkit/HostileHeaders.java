package io.tollgate.auth.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tollgate.auth.keys.KeySet;
import io.tollgate.auth.keys.SignatureAlgorithm;
import io.tollgate.auth.keys.TokenKey;
import java.security.PublicKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Tokens that choose how they are verified, or claim to be something else. */
final class HostileHeaders extends TokenTable {
    HostileHeaders(HostileTokens hostile, Map<String, String> tokens) {
        super(hostile, tokens);
    }

    @Override
    void fill() {
        algorithms(key.algorithm());
        headers();
        types();
    }

    private void algorithms(SignatureAlgorithm algorithm) {
        for (String none : List.of("none", "None", "NONE", "nOnE", "none ", "")) {
            String header = TestToken.base64Url("{\"alg\":\"" + none + "\"}");
            add("alg '" + none + "', no signature", header + "." + TestToken.base64Url(goodClaims) + ".");
            add("alg '" + none + "', good signature", signed("{\"alg\":\"" + none + "\"}", goodClaims));
        }
        add("no alg", signed("{\"typ\":\"JWT\"}", goodClaims));
        add("alg null", signed("{\"alg\":null}", goodClaims));
        add("alg a list", signed("{\"alg\":[\"" + algorithm + "\"]}", goodClaims));
        add("alg a number", signed("{\"alg\":256}", goodClaims));
        add("alg in lower case", signed("{\"alg\":\"" + algorithm.name().toLowerCase(Locale.ROOT) + "\"}", goodClaims));
        for (SignatureAlgorithm other : SignatureAlgorithm.values()) {
            if (other != algorithm) {
                add("alg " + other + " with our signature", signed("{\"alg\":\"" + other + "\"}", goodClaims));
                add(
                        "alg and key of " + other,
                        TestToken.sign(TestKeys.of(other), "{\"alg\":\"" + other + "\"}", goodClaims));
            }
        }
        key.publicKey().ifPresent(this::publicKeyAsSecret);
    }

    private String publicJwk() {
        String jwks = KeySet.of(key).toPublicJwks();
        return jwks.substring(jwks.indexOf('[') + 1, jwks.lastIndexOf(']'));
    }

    /** Adds the classic confusion: a public key as an HMAC secret. */
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
                        TestToken.sign(TokenKey.secret(hmac, longEnough), "{\"alg\":\"" + hmac + "\"}", goodClaims));
                add(
                        hmac + " claimed with the public key's " + name,
                        TestToken.sign(TokenKey.secret(hmac, longEnough), "{" + alg + "}", goodClaims));
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
        if (key.kid().isPresent()) {
            header("kid", "\"unknown-to-everybody\"");
        }
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
                    TestToken.sign(empty, "{\"alg\":\"HS256\",\"kid\":\"" + kid + "\"}", goodClaims));
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
}
