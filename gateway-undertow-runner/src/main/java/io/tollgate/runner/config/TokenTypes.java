package io.tollgate.runner.config;

import io.tollgate.auth.keys.SignatureAlgorithm;
import io.tollgate.config.BadValue;
import io.tollgate.config.ConfigNode;
import io.tollgate.config.Secret;
import io.tollgate.config.ValueType;
import io.tollgate.runner.config.GatewayConfig.JwtKey;
import io.tollgate.runner.routes.ApiRoute;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the settings of tokens and keys. */
final class TokenTypes {
    /** The longest list of keys; a token that names none is tried with each of its algorithm. */
    static final int MAX_KEYS = 15;

    private static final String KEY_FIELDS =
            "a list of keys, each with kid, algorithm, file or secret, signs, retire_at";
    private static final ValueType<String> KID =
            ValueType.matching("1 to 256 visible ASCII characters", "[\\x21-\\x7e]{1,256}");
    private static final ValueType<List<String>> WORDS = ValueType.listOf(
            ValueType.matching("a word without spaces and quotes", "[\\x21\\x23-\\x5b\\x5d-\\x7e]{1,256}"));

    static final ValueType<SignatureAlgorithm> ALGORITHM =
            algorithm("one of HS256, HS384, HS512, RS256, PS256, ES256, EdDSA", false);

    static final ValueType<SignatureAlgorithm> SECRET_ALGORITHM =
            algorithm("HS256, HS384 or HS512; a key in jwt.keys has an algorithm of its own", true);

    private TokenTypes() {}

    private static ValueType<SignatureAlgorithm> algorithm(String expected, boolean symmetric) {
        return new ValueType<>(
                expected,
                false,
                text -> SignatureAlgorithm.named(text.strip())
                        .filter(algorithm -> !symmetric || algorithm.isSymmetric())
                        .orElseThrow(BadValue::new));
    }

    /** Words, as scopes and roles are. */
    static ValueType<List<String>> words() {
        return WORDS;
    }

    static ValueType<URI> keyUrl() {
        return new ValueType<>("an https URL without user, or http on a loopback address", false, text -> {
            try {
                URI uri = new URI(text.strip());
                boolean https = "https".equalsIgnoreCase(uri.getScheme());
                boolean http = "http".equalsIgnoreCase(uri.getScheme());
                if (uri.getHost() == null
                        || uri.getRawUserInfo() != null
                        || !(https || (http && GatewayConfig.Admin.isLoopback(uri.getHost())))) {
                    throw new BadValue();
                }
                return uri;
            } catch (URISyntaxException e) {
                throw new BadValue();
            }
        });
    }

    static ValueType<Path> path() {
        return new ValueType<>("the path of a file", false, text -> {
            try {
                if (text.isBlank()) {
                    throw new BadValue();
                }
                return Path.of(text.strip());
            } catch (InvalidPathException e) {
                throw new BadValue();
            }
        });
    }

    private static ValueType<Instant> time() {
        return new ValueType<>("a time such as 2026-12-31T23:59:59Z", false, text -> {
            try {
                return Instant.parse(text.strip());
            } catch (DateTimeParseException e) {
                throw new BadValue();
            }
        });
    }

    /** The list of keys. */
    static ValueType<List<JwtKey>> keys() {
        return ValueType.structured(KEY_FIELDS, node -> {
            List<ConfigNode> elements = node.elements(KEY_FIELDS);
            if (elements.size() > MAX_KEYS) {
                node.problem(elements.size() + " keys (expected: at most " + MAX_KEYS + ")");
            }
            List<JwtKey> keys = new ArrayList<>();
            elements.forEach(element -> keys.add(key(element)));
            if (keys.stream().filter(JwtKey::signs).count() > 1) {
                node.problem("several keys with signs: true (expected: one)");
            }
            List<String> kids = keys.stream().flatMap(key -> key.kid().stream()).toList();
            if (kids.stream().distinct().count() < kids.size()) {
                node.problem("two keys with one kid (expected: a kid of its own for each)");
            }
            return keys;
        });
    }

    private static JwtKey key(ConfigNode node) {
        Optional<String> kid = node.take("kid", KID, false);
        Optional<SignatureAlgorithm> algorithm = node.take("algorithm", ALGORITHM, false);
        Optional<Path> file = node.take("file", path(), false);
        Optional<Secret> secret = node.take("secret", ValueType.secret(32, 4096), true);
        boolean signs = node.take("signs", ValueType.bool(), false).orElse(false);
        Optional<Instant> retireAt = node.take("retire_at", time(), false);
        node.noOtherFields();
        if (!node.has("file") && !node.has("secret")) {
            node.problem("neither file nor secret (expected: one of them)");
        }
        if (node.has("file") && node.has("secret")) {
            node.problem("both file and secret (expected: one of them)");
        }
        secret.ifPresent(value -> secretFits(node, value, algorithm.orElse(SignatureAlgorithm.HS256)));
        return new JwtKey(kid, algorithm, file, secret, signs, retireAt);
    }

    private static void secretFits(ConfigNode node, Secret secret, SignatureAlgorithm algorithm) {
        if (!algorithm.isSymmetric()) {
            node.problem("a secret for " + algorithm + " (expected: HS256, HS384 or HS512, or a file with a key pair)");
        } else if (secret.bytes().length < minBytes(algorithm)) {
            node.problem("a secret of " + secret.bytes().length + " bytes (expected: for " + algorithm + " at least "
                    + minBytes(algorithm) + ")");
        }
    }

    /** RFC 7518, section 3.2: as long as the hash. */
    static int minBytes(SignatureAlgorithm algorithm) {
        return switch (algorithm) {
            case HS384 -> 48;
            case HS512 -> 64;
            default -> 32;
        };
    }

    /** For some of the routes that take a token, a list of words. */
    static ValueType<Map<String, List<String>>> wordsByRoute(String what) {
        String expected = "a section of routes with lists of " + what + ", such as "
                + ApiRoute.templatesWithToken().get(0) + ": [write]";
        return ValueType.structured(expected, node -> {
            Map<String, List<String>> byRoute = new LinkedHashMap<>();
            node.entries(expected).forEach((route, list) -> {
                if (!ApiRoute.templatesWithToken().contains(route)) {
                    list.problem("no route that takes a token (expected: "
                            + String.join(" or ", ApiRoute.templatesWithToken()) + ")");
                }
                list.as(WORDS, false).ifPresent(words -> byRoute.put(route, words));
            });
            return Map.copyOf(byRoute);
        });
    }
}
