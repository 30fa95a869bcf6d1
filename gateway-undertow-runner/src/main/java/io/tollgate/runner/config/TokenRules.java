package io.tollgate.runner.config;

import io.tollgate.auth.keys.FileKeys;
import io.tollgate.auth.keys.KeyFile;
import io.tollgate.auth.keys.KeyQuery;
import io.tollgate.auth.keys.KeySet;
import io.tollgate.auth.keys.SignatureAlgorithm;
import io.tollgate.config.ConfigKey;
import io.tollgate.config.ConfigValues;
import io.tollgate.config.Secret;
import io.tollgate.runner.config.GatewayConfig.JwtKey;
import io.tollgate.runner.config.GatewayConfig.TokenIssuer;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Checks settings of tokens and keys that are right alone and wrong together. */
final class TokenRules {
    private TokenRules() {}

    static void check(ConfigValues values) {
        secretKey(values);
        keyFiles(values);
        signingKey(values);
    }

    private static void secretKey(ConfigValues values) {
        ConfigKey<Secret> key = ConfigKeys.JWT_SECRET_KEY;
        boolean otherKeys = !values.isMissing(ConfigKeys.JWT_KEYS) || !values.isMissing(ConfigKeys.JWT_JWKS_URL);
        if (values.isMissing(key)) {
            if (!otherKeys) {
                values.problem(
                        key,
                        "missing (expected: " + key.expected() + ", the one that the user service signs tokens with;"
                                + " or other keys in jwt.keys or jwt.jwks_url)."
                                + " Set it in the environment, a new one for example by: export " + key.variable()
                                + "=\"$(openssl rand -base64 48)\"");
            }
            return;
        }
        if (Rules.usesSample(values) && Rules.is(values, Environment.PRODUCTION)) {
            values.problem(
                    key,
                    "the sample secret, which everybody knows (expected with app.environment: production: one of your"
                            + " own, for example from: openssl rand -base64 48)");
        }
        if (values.has(key) && values.has(ConfigKeys.JWT_ALGORITHM)) {
            SignatureAlgorithm algorithm = values.get(ConfigKeys.JWT_ALGORITHM);
            int length = values.get(key).bytes().length;
            if (length < TokenTypes.minBytes(algorithm)) {
                values.problem(
                        key,
                        "a secret of " + length + " bytes (expected with jwt.algorithm: " + algorithm + ": at least "
                                + TokenTypes.minBytes(algorithm) + ")");
            }
        }
    }

    /** Files are read here for their faults alone; who verifies with them reads them again. */
    private static void keyFiles(ConfigValues values) {
        List<JwtKey> keys = values.find(ConfigKeys.JWT_KEYS).orElse(List.of());
        for (int i = 0; i < keys.size(); i++) {
            JwtKey key = keys.get(i);
            if (key.file().isPresent()) {
                String element = "[" + i + "].file: ";
                try (FileKeys file = FileKeys.builder()
                        .file(keyFile(key))
                        .checkInterval(Duration.ofDays(1))
                        .build()) {
                    KeySet set = file.keys(KeyQuery.any()).toCompletableFuture().join();
                    if (key.signs() && set.signing().isEmpty()) {
                        values.problem(
                                ConfigKeys.JWT_KEYS,
                                element + key.file().get() + ": public keys only (expected with signs: true: a private"
                                        + " key)");
                    }
                } catch (UncheckedIOException e) {
                    values.problem(
                            ConfigKeys.JWT_KEYS,
                            element + key.file().get() + ": cannot be read ("
                                    + e.getCause().getClass().getSimpleName() + ")");
                } catch (IllegalArgumentException e) {
                    values.problem(
                            ConfigKeys.JWT_KEYS, element + ConfigValues.line(String.valueOf(e.getMessage()), 300));
                }
            }
        }
    }

    /** A file of keys, as the library wants it. */
    private static KeyFile keyFile(JwtKey key) {
        return new KeyFile(key.file().orElseThrow(), key.algorithm(), key.kid());
    }

    private static void signingKey(ConfigValues values) {
        boolean issues = values.find(ConfigKeys.AUTH_ISSUER)
                .filter(TokenIssuer.GATEWAY::equals)
                .isPresent();
        boolean unreadable = !values.isMissing(ConfigKeys.JWT_KEYS) && !values.has(ConfigKeys.JWT_KEYS);
        if (!issues || unreadable) {
            return;
        }
        List<JwtKey> keys = values.find(ConfigKeys.JWT_KEYS).orElse(List.of());
        boolean chosen = keys.stream().anyMatch(JwtKey::signs);
        if (!chosen && values.isMissing(ConfigKeys.JWT_SECRET_KEY)) {
            values.problem(
                    ConfigKeys.AUTH_ISSUER,
                    "gateway, with nothing to sign with (expected: jwt.secret_key, or signs: true for one of jwt.keys)");
        }
        keys.stream().filter(key -> key.signs() && key.retireAt().isPresent()).forEach(key -> {
            values.problem(
                    ConfigKeys.JWT_KEYS,
                    "a key with signs: true and retire_at (expected: another one signs before a key retires)");
        });
    }

    static List<String> warnings(ConfigValues values) {
        List<String> warnings = new ArrayList<>();
        boolean gateway = values.find(ConfigKeys.AUTH_ISSUER)
                .filter(TokenIssuer.GATEWAY::equals)
                .isPresent();
        boolean redis = values.find(ConfigKeys.REDIS_ENABLED).orElse(false);
        if (gateway && !redis) {
            warnings.add("auth.issuer is gateway and redis.enabled false: refresh tokens are kept in this process's"
                    + " memory, so a restart logs everybody out and no second gateway knows them");
        }
        if (gateway) {
            Set<String> granted =
                    new HashSet<>(values.find(ConfigKeys.AUTH_DEFAULT_SCOPES).orElse(List.of()));
            values.find(ConfigKeys.AUTH_REQUIRED_SCOPES)
                    .ifPresent(byRoute -> byRoute.forEach((route, scopes) -> {
                        if (!granted.containsAll(scopes)) {
                            warnings.add("auth.required_scopes of " + route
                                    + " are not all in auth.default_scopes: no token that the gateway issues opens it");
                        }
                    }));
        }
        if (values.find(ConfigKeys.JWT_REVOCATION).orElse(false) && !redis) {
            warnings.add("jwt.revocation is true and redis.enabled false: no second gateway learns what is revoked");
        }
        return warnings;
    }
}
