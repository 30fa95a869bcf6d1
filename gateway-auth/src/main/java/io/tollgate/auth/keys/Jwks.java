package io.tollgate.auth.keys;

import com.nimbusds.jose.Algorithm;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyOperation;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import io.tollgate.auth.json.JsonObject;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads keys from JSON (RFC 7517). Messages name the key at fault, and never quote it. */
final class Jwks {
    private static final Logger LOG = LoggerFactory.getLogger(Jwks.class);

    /** The maximum number of keys in a set, most of which may be for other purposes. To read a key costs CPU and a log line. */
    private static final int MAX_MEMBERS = 128;

    private Jwks() {}

    /**
     * Reads the keys of a trusted file, a JWK or a JWK set, private and symmetric keys included; every one must be
     * usable.
     *
     * @param algorithm the algorithm of keys that name none; by default HS256, RS256, ES256 or EdDSA, by the type of
     *     key
     */
    static List<TokenKey> trusted(String json, Optional<SignatureAlgorithm> algorithm) {
        Map<String, Object> object = object(json);
        if (!object.containsKey("keys")) {
            return List.of(key(object, algorithm));
        }
        List<TokenKey> keys = new ArrayList<>();
        for (Object member : members(object)) {
            try {
                keys.add(key(member, algorithm));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("keys[" + keys.size() + "]: " + e.getMessage(), e);
            }
        }
        return keys;
    }

    /**
     * Reads the public keys that an issuer publishes. Ignores keys that cannot be used here (RFC 7517, section 5), and
     * secrets and private keys, since every reader of the set could sign with them.
     */
    static List<TokenKey> published(String json) {
        List<TokenKey> keys = new ArrayList<>();
        for (Object member : members(object(json))) {
            try {
                TokenKey key = key(member, Optional.empty());
                if (key.canSign()) {
                    throw new IllegalArgumentException("not a public key (expected: public keys only)");
                }
                keys.add(key);
            } catch (RuntimeException e) { // Whatever is wrong with one key, the others are usable.
                LOG.atWarn().addKeyValue("reason", e.getMessage()).log("published key ignored");
            }
        }
        return keys;
    }

    private static Map<String, Object> object(String json) {
        try {
            return JsonObject.parse(json.strip());
        } catch (ParseException e) {
            throw new IllegalArgumentException("no JSON object (expected: a JWK or a JWK set)", e);
        }
    }

    private static List<?> members(Map<String, Object> set) {
        if (set.get("keys") instanceof List<?> list) {
            if (list.size() > MAX_MEMBERS) {
                throw new IllegalArgumentException(
                        "keys: " + list.size() + " (expected: at most " + MAX_MEMBERS + ", usable or not)");
            }
            return list;
        }
        throw new IllegalArgumentException("keys: missing or no array (expected: an array of JWKs)");
    }

    @SuppressWarnings("unchecked") // a JSON object has strings for keys
    private static TokenKey key(Object member, Optional<SignatureAlgorithm> algorithm) {
        if (!(member instanceof Map<?, ?> object)) {
            throw new IllegalArgumentException("no object (expected: a JWK)");
        }
        try {
            JWK jwk = JWK.parse((Map<String, Object>) object);
            requireForSignatures(jwk);
            TokenKey key = unnamed(jwk, algorithm);
            return jwk.getKeyID() == null ? key : key.withKid(jwk.getKeyID());
        } catch (ParseException | JOSEException | GeneralSecurityException e) {
            // The cause of a failed parse may quote the key.
            throw new IllegalArgumentException("not readable (expected: oct, RSA, EC or OKP)");
        }
    }

    private static void requireForSignatures(JWK jwk) {
        if (jwk.getKeyUse() != null && !jwk.getKeyUse().equals(KeyUse.SIGNATURE)) {
            throw new IllegalArgumentException("use: " + jwk.getKeyUse() + " (expected: sig or none)");
        }
        if (jwk.getKeyOperations() != null
                && !jwk.getKeyOperations().contains(KeyOperation.VERIFY)
                && !jwk.getKeyOperations().contains(KeyOperation.SIGN)) {
            throw new IllegalArgumentException("key_ops: (expected: sign or verify among them, or none)");
        }
    }

    private static TokenKey unnamed(JWK jwk, Optional<SignatureAlgorithm> algorithm)
            throws JOSEException, GeneralSecurityException {
        if (jwk instanceof OctetSequenceKey secret) {
            return TokenKey.secret(algorithm(jwk, algorithm, SignatureAlgorithm.HS256), secret.toByteArray());
        }
        if (jwk instanceof RSAKey rsa) {
            return pair(
                    algorithm(jwk, algorithm, SignatureAlgorithm.RS256),
                    rsa.toRSAPublicKey(),
                    rsa.isPrivate() ? rsa.toPrivateKey() : null);
        }
        if (jwk instanceof ECKey ec) {
            return pair(
                    algorithm(jwk, algorithm, SignatureAlgorithm.ES256),
                    ec.toECPublicKey(),
                    ec.isPrivate() ? ec.toPrivateKey() : null);
        }
        if (jwk instanceof OctetKeyPair okp && Curve.Ed25519.equals(okp.getCurve())) {
            return pair(
                    algorithm(jwk, algorithm, SignatureAlgorithm.EdDSA),
                    Ed25519.decode(okp.getDecodedX()),
                    okp.isPrivate() ? Ed25519.decodePrivate(okp.getDecodedD()) : null);
        }
        throw new IllegalArgumentException(
                "kty: " + jwk.getKeyType() + " (expected: oct, RSA, EC or OKP with Ed25519)");
    }

    private static TokenKey pair(SignatureAlgorithm algorithm, PublicKey publicKey, @Nullable PrivateKey privateKey) {
        return privateKey == null
                ? TokenKey.verifying(algorithm, publicKey)
                : TokenKey.pair(algorithm, new KeyPair(publicKey, privateKey));
    }

    private static SignatureAlgorithm algorithm(
            JWK jwk, Optional<SignatureAlgorithm> configured, SignatureAlgorithm usual) {
        Algorithm named = jwk.getAlgorithm();
        if (named == null) {
            return configured.orElse(usual);
        }
        return SignatureAlgorithm.named(named.getName())
                .orElseThrow(() -> new IllegalArgumentException(
                        "alg: " + named + " (expected: one of " + List.of(SignatureAlgorithm.values()) + ")"));
    }
}
