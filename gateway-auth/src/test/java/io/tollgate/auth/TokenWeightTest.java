package io.tollgate.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The cache of verified tokens is bounded in bytes, whatever is in the tokens. */
class TokenWeightTest {
    @Test
    void countsSmallTokensForOneKibibyteEach() {
        JwtVerifier verifier = TokenHeap.filled(TokenHeap.CAPACITY, 64, "");

        assertThat(verifier.cacheStats().size()).isEqualTo(64);
        assertThat(verifier.cacheStats().bytes()).isEqualTo(64 * 1024);
    }

    @Test
    void holdsFewerTokensOfManyRoles() {
        assertMeasures(roles(640));
    }

    @Test
    void holdsFewerTokensOfLargeClaims() {
        assertMeasures(",\"bio\":\"" + "é".repeat(3000) + "\",\"name\":\"" + "中".repeat(500) + "\"");
    }

    @Test
    void holdsFewerTokensOfNestedClaims() {
        String nested = IntStream.range(0, 60)
                .mapToObj(i -> "{\"id\":" + i + ",\"tags\":[\"a" + i + "\",\"b\",1.5,true,null],\"of\":{\"x\":{}}}")
                .collect(Collectors.joining(","));
        assertMeasures(",\"groups\":[" + nested + "]");
    }

    @Test
    void holdsFewerTokensOfManyScopesAndClaims() {
        String claims = IntStream.range(0, 150)
                .mapToObj(i -> ",\"claim-" + i + "\":" + i)
                .collect(Collectors.joining());
        assertMeasures(",\"scope\":\"" + "read:a write:b c".repeat(20) + "\"" + claims);
    }

    @Test
    void cachesNoTokenThatIsLargerThanTheCache() {
        JwtVerifier verifier = TokenHeap.filled(8, 3, roles(640));

        assertThat(verifier.cacheStats().size()).isZero();
        assertThat(verifier.cacheStats().bytes()).isZero();
    }

    private static void assertMeasures(String claims) {
        TokenHeap.Found found = TokenHeap.measure(claims);

        assertThat(found.bytes()).isLessThanOrEqualTo(TokenHeap.CAPACITY * 1024L);
        assertThat(found.size()).isBetween(10L, 500L);
        assertThat((double) found.bytes()).as("%s", found).isBetween(0.8 * found.retained(), 1.6 * found.retained());
    }

    private static String roles(int count) {
        return ",\"roles\":["
                + IntStream.range(0, count).mapToObj(i -> "\"r" + i + "\"").collect(Collectors.joining(",")) + "]";
    }
}
