package io.tollgate.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.CommonError;
import io.tollgate.api.ErrorCode;
import io.tollgate.api.GatewayException;
import io.tollgate.api.Principal;
import io.tollgate.auth.keys.KeySource;
import io.tollgate.auth.keys.SignatureAlgorithm;
import io.tollgate.auth.testkit.TestKeys;
import io.tollgate.testkit.VirtualTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Random cases; a failure names its seed, which {@code -Dtollgate.seed=} runs again. */
class TokenPropertyTest {
    private static final String ALPHABET =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ \n%\u0000é\uff0e";

    private final long seed = Long.getLong("tollgate.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final VirtualTime time = new VirtualTime(Instant.parse("2026-11-22T12:00:00Z"));

    @ParameterizedTest
    @EnumSource(SignatureAlgorithm.class)
    void verifiesWhateverItIssues(SignatureAlgorithm algorithm) {
        JwtTokenService tokens = service(algorithm);
        for (int i = 0; i < 50; i++) {
            Principal principal = principal();

            assertThat(tokens.verify(issue(tokens, principal))
                            .toCompletableFuture()
                            .join()
                            .principal())
                    .as("seed %d", seed)
                    .isEqualTo(principal);
        }
    }

    @ParameterizedTest
    @EnumSource(SignatureAlgorithm.class)
    void refusesATokenWithAnyOneCharacterChanged(SignatureAlgorithm algorithm) {
        JwtTokenService tokens = service(algorithm);
        String good = issue(tokens, Principal.of("user-1"));
        for (int position = 0; position < good.length(); position++) {
            char other = ALPHABET.charAt(random.nextInt(ALPHABET.length()));
            if (other != good.charAt(position)) {
                assertRefused(tokens, good.substring(0, position) + other + good.substring(position + 1));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(SignatureAlgorithm.class)
    void refusesATokenWithTwoCharactersSwappedOneTakenOutOrOnePutIn(SignatureAlgorithm algorithm) {
        JwtTokenService tokens = service(algorithm);
        String good = issue(tokens, Principal.of("user-1"));
        for (int i = 0; i < 100; i++) {
            int at = random.nextInt(good.length() - 1);
            char first = good.charAt(at);
            char second = good.charAt(at + 1);
            if (first != second) {
                assertRefused(tokens, good.substring(0, at) + second + first + good.substring(at + 2));
            }
            assertRefused(tokens, good.substring(0, at) + good.substring(at + 1));
            assertRefused(
                    tokens,
                    good.substring(0, at) + ALPHABET.charAt(random.nextInt(ALPHABET.length())) + good.substring(at));
        }
    }

    private void assertRefused(JwtTokenService tokens, String token) {
        ErrorCode code = tokens.verify(token)
                .handle((accepted, failure) ->
                        failure == null ? null : GatewayException.from(failure).code())
                .toCompletableFuture()
                .join();
        if (code != CommonError.INVALID_TOKEN && code != CommonError.INVALID_TOKEN_FORMAT) {
            throw new AssertionError("seed " + seed + ", token " + token + ": " + code);
        }
    }

    private JwtTokenService service(SignatureAlgorithm algorithm) {
        return JwtTokenService.builder()
                .keys(KeySource.fixed(TestKeys.of(algorithm).withKid("key-1")))
                .time(time)
                .build();
    }

    private static String issue(JwtTokenService tokens, Principal principal) {
        return tokens.issue(principal).toCompletableFuture().join().accessToken();
    }

    private Principal principal() {
        Map<String, Object> claims = new LinkedHashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            claims.put("x" + text(8), value(3));
        }
        return new Principal("u" + text(20), words(), words(), claims);
    }

    private Set<String> words() {
        Set<String> words = new LinkedHashSet<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            words.add("w" + text(6).replace(" ", ""));
        }
        return words;
    }

    private Object value(int depth) {
        return switch (random.nextInt(depth == 0 ? 4 : 6)) {
            case 0 -> text(10);
            case 1 -> random.nextLong();
            case 2 -> random.nextBoolean();
            case 3 -> random.nextGaussian();
            case 4 -> {
                List<Object> list = new ArrayList<>();
                for (int i = random.nextInt(3); i > 0; i--) {
                    list.add(value(depth - 1));
                }
                yield list;
            }
            default -> {
                Map<String, Object> map = new LinkedHashMap<>();
                for (int i = random.nextInt(3); i > 0; i--) {
                    map.put(text(5), value(depth - 1));
                }
                yield map;
            }
        };
    }

    /** Anything that UTF-8 can carry, but for control characters, which a user id must not have. */
    private String text(int maxLength) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(maxLength + 1); i > 0; i--) {
            int c = random.nextInt(4) > 0 ? ' ' + random.nextInt(95) : random.nextInt(Character.MAX_CODE_POINT);
            if (Character.isISOControl(c) || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
                c = '"';
            }
            text.appendCodePoint(c);
        }
        return text.toString();
    }
}
