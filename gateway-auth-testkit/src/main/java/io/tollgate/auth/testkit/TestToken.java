package io.tollgate.auth.testkit;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.tollgate.auth.keys.SignatureAlgorithm;
import io.tollgate.auth.keys.TokenKey;
import java.math.BigInteger;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An access token as an issuer would sign it:
 *
 * <pre>{@code
 * String token = TestToken.of("ann")
 *         .withIssuer("https://issuer.example")
 *         .withScopes("tickets:buy")
 *         .withClaim("plan", "gold")
 *         .signedWith(key);
 * }</pre>
 *
 * <p>It is issued now and expires after 15 minutes, unless the test says otherwise. For tokens that no issuer would sign see {@link
 * #sign} and {@link HostileTokens}. Immutable.
 */
public final class TestToken {
    private static final Base64.Encoder BASE64_URL = Base64.getUrlEncoder().withoutPadding();
    private static final Duration TTL = Duration.ofMinutes(15);

    private final Map<String, Object> header;
    private final Map<String, Object> claims;

    private TestToken(Map<String, Object> header, Map<String, Object> claims) {
        this.header = header;
        this.claims = claims;
    }

    /** Returns a token of a user (claim {@code sub}). */
    public static TestToken of(String userId) {
        return new TestToken(Map.of(), Map.of()).withClaim("sub", userId).issuedAt(Instant.now());
    }

    /** Returns the token as issued at {@code now} (claim {@code iat}), to expire 15 minutes later. */
    public TestToken issuedAt(Instant now) {
        return withClaim("iat", now.getEpochSecond()).expiresAt(now.plus(TTL));
    }

    /** Returns the token with another end (claim {@code exp}), in whole seconds. */
    public TestToken expiresAt(Instant end) {
        return withClaim("exp", end.getEpochSecond());
    }

    /** Returns the token with an issuer (claim {@code iss}). */
    public TestToken withIssuer(String name) {
        return withClaim("iss", name);
    }

    /** Returns the token with an audience (claim {@code aud}). */
    public TestToken withAudience(String name) {
        return withClaim("aud", name);
    }

    /** Returns the token with an id (claim {@code jti}). */
    public TestToken withId(String id) {
        return withClaim("jti", id);
    }

    /** Returns the token with scopes (claim {@code scope}, RFC 8693, section 4.2). */
    public TestToken withScopes(String... scopes) {
        return withClaim("scope", String.join(" ", scopes));
    }

    /** Returns the token with roles (claim {@code roles}). */
    public TestToken withRoles(String... roles) {
        return withClaim("roles", List.of(roles));
    }

    /**
     * Returns the token with a claim, in place of any other of that name.
     *
     * @param value a string, a number, a boolean, or a collection or map of these
     */
    public TestToken withClaim(String name, Object value) {
        return new TestToken(header, with(claims, name, value));
    }

    /** Returns the token without a claim. */
    public TestToken withoutClaim(String name) {
        Map<String, Object> fewer = new LinkedHashMap<>(claims);
        fewer.remove(name);
        return new TestToken(header, fewer);
    }

    /** Returns the token with a member of the header, beside {@code alg} and {@code kid}, or in their place. */
    public TestToken withHeader(String name, Object value) {
        return new TestToken(with(header, name, value), claims);
    }

    private static Map<String, Object> with(Map<String, Object> members, String name, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(members);
        more.put(requireNonNull(name, "name"), requireNonNull(value, "value"));
        return more;
    }

    /** Returns the compact token, signed with a key; its header has the algorithm and the {@code kid} of the key. */
    public String signedWith(TokenKey key) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("alg", key.algorithm().name());
        key.kid().ifPresent(kid -> all.put("kid", kid));
        all.putAll(header);
        return sign(key, Json.write(all), Json.write(claims));
    }

    /** Returns the user; the claims may be private. */
    @Override
    public String toString() {
        return "TestToken[sub=" + claims.get("sub") + "]";
    }

    /** Returns a compact token of exactly this header and these claims, in JSON or not, whose signature is good. */
    public static String sign(TokenKey key, String header, String claims) {
        return signParts(key, base64Url(header), base64Url(claims));
    }

    /** Returns a compact token of exactly these parts, in Base64url or not, whose signature is good. */
    public static String signParts(TokenKey key, String header, String claims) {
        String input = header + "." + claims;
        return input + "." + key.sign(input.getBytes(US_ASCII));
    }

    /** Returns a token of ES256 with the other signature that ECDSA has for the same text: anyone can compute n - s. */
    public static String twin(String token) {
        int dot = token.lastIndexOf('.');
        byte[] signature = Base64.getUrlDecoder().decode(token.substring(dot + 1));
        ECPublicKey key =
                (ECPublicKey) TestKeys.pairOf(SignatureAlgorithm.ES256).getPublic();
        BigInteger n = key.getParams().getOrder();
        BigInteger s = n.subtract(new BigInteger(1, Arrays.copyOfRange(signature, 32, 64)));
        byte[] other = Arrays.copyOf(signature, 64);
        for (int i = 0; i < 32; i++) {
            other[63 - i] = s.shiftRight(8 * i).byteValue();
        }
        return token.substring(0, dot + 1) + BASE64_URL.encodeToString(other);
    }

    /** Returns a text in Base64url, without padding. */
    public static String base64Url(String text) {
        return base64Url(text.getBytes(UTF_8));
    }

    /** Returns bytes in Base64url, without padding. */
    public static String base64Url(byte[] bytes) {
        return BASE64_URL.encodeToString(bytes);
    }
}
