package io.tollgate.auth;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jose.util.JSONObjectUtils;
import io.tollgate.api.Principal;
import io.tollgate.auth.keys.TokenKey;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Writes and signs access tokens. */
record AccessTokens(Optional<String> issuer, Optional<String> audience, Duration timeToLive, int maxLength) {
    private static final SecureRandom RANDOM = new SecureRandom();

    /** Rejects a principal that no token can carry, which is a programming error. */
    static void requireIssuable(Principal principal) {
        for (String name : principal.claims().keySet()) {
            if (ClaimRules.RESERVED.contains(name)) {
                throw new IllegalArgumentException("claims: \"" + name + "\" (expected: none of " + ClaimRules.RESERVED
                        + ", which have a meaning of their own)");
            }
        }
        for (String scope : principal.scopes()) {
            if (scope.isEmpty() || scope.indexOf(' ') >= 0) {
                throw new IllegalArgumentException("scopes: \"" + scope + "\" (expected: a word without spaces)");
            }
        }
    }

    String issue(Principal principal, TokenKey key, Instant now) {
        JWSHeader header = new JWSHeader.Builder(
                        JWSAlgorithm.parse(key.algorithm().name()))
                .type(JOSEObjectType.JWT)
                .keyID(key.kid().orElse(null))
                .build();
        String signingInput =
                header.toBase64URL() + "." + Base64URL.encode(JSONObjectUtils.toJSONString(claims(principal, now)));
        String token = signingInput + "." + key.sign(signingInput.getBytes(US_ASCII));
        if (token.length() > maxLength) {
            throw new IllegalArgumentException(
                    "principal: a token of " + token.length() + " characters (expected: at most " + maxLength + ")");
        }
        return token;
    }

    private Map<String, Object> claims(Principal principal, Instant now) {
        Map<String, Object> claims = new LinkedHashMap<>(principal.claims());
        issuer.ifPresent(iss -> claims.put("iss", iss));
        audience.ifPresent(aud -> claims.put("aud", aud));
        claims.put("sub", principal.userId());
        claims.put("user_id", principal.userId());
        claims.put("iat", now.getEpochSecond());
        claims.put("exp", now.plus(timeToLive).getEpochSecond());
        claims.put("jti", randomId());
        if (!principal.scopes().isEmpty()) {
            claims.put("scope", String.join(" ", principal.scopes()));
        }
        if (!principal.roles().isEmpty()) {
            claims.put("roles", new ArrayList<>(principal.roles()));
        }
        return claims;
    }

    private static String randomId() {
        byte[] id = new byte[16];
        RANDOM.nextBytes(id);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(id);
    }
}
