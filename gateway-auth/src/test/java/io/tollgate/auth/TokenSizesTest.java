package io.tollgate.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.Principal;
import io.tollgate.api.token.AccessToken;
import io.tollgate.auth.keys.SignatureAlgorithm;
import io.tollgate.auth.testkit.TestKeys;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The estimate of a token's size beside the sizes that its objects have on a 64-bit JVM with compressed references: exact for
 * text, and never less for anything else, since no content may take the cache beyond its bound.
 *
 * <p>{@link TokenWeightTest} compares the estimate with the heap of a real process.
 */
class TokenSizesTest {
    private static final int LINKED_ENTRY = 40;
    private static final int EMPTY = weight(Set.of(), Set.of(), Map.of());

    @Test
    void countsTheObjectsThatEachTokenHas() {
        // About 770: a token, its user with two sets and a map, digest, entry, two results and nodes of the cache.
        assertThat(EMPTY).isBetween(750, 1024);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "12345678",
                "123456789",
                "1234567890123456",
                "ÿÿÿÿÿÿÿÿÿ",
                "Ā",
                "中aaaaaaaa",
                "aaaa中aaaa",
                "aaaaaaaa中",
                "an address of the user in Latin letters, which takes a byte for each of them"
            })
    void countsTextByItsCharacters(String text) {
        int more = string(text) - string("u");

        assertThat(weight(new Principal(text, Set.of(), Set.of(), Map.of()), Optional.empty()) - EMPTY)
                .as("as the id of the user")
                .isEqualTo(more);
        assertThat(weight(Principal.of("u"), Optional.of(text)) - EMPTY)
                .as("as the id of the token")
                .isEqualTo(string(text));
        assertThat(claim(text) - claim("u")).as("as a claim").isEqualTo(more);
        assertThat(claim(List.of(text)) - claim(List.of("u"))).as("in a list").isEqualTo(more);
        assertThat(claim(Map.of("x", text)) - claim(Map.of("x", "u")))
                .as("in an object")
                .isEqualTo(more);
        assertThat(claim(Map.of(text, 1)) - claim(Map.of("u", 1)))
                .as("as a name")
                .isEqualTo(more);
        assertThat(weight(Set.of(text), Set.of(), Map.of()) - weight(Set.of("u"), Set.of(), Map.of()))
                .as("as a scope")
                .isEqualTo(more);
        assertThat(weight(Set.of(), Set.of(), Map.of(text, true)) - weight(Set.of(), Set.of(), Map.of("u", true)))
                .as("as the name of a claim")
                .isEqualTo(more);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 6, 7, 13, 100, 640})
    void countsNoLessThanTheEntriesAndTablesOfSetsAndClaims(int count) {
        Set<String> words = new LinkedHashSet<>();
        Map<String, Object> claims = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            words.add(String.format("word-%03d", i));
            claims.put(String.format("name-%03d", i), i % 2 == 0);
        }
        int size = count * (LINKED_ENTRY + string("word-000")) + table(count);

        assertWithin("scopes", weight(words, Set.of(), Map.of()) - EMPTY, size, 1.3);
        assertWithin("roles", weight(Set.of(), words, Map.of()) - EMPTY, size, 1.3);
        assertWithin("claims", weight(Set.of(), Set.of(), claims) - EMPTY, size, 1.05);
    }

    @Test
    void countsNoLessThanTheElementsOfLists() {
        int none = claim(true);

        assertWithin("no elements", claim(List.of()) - none, 40, 1.1);
        assertWithin("without content", claim(Collections.nCopies(1000, true)) - none, 40 + 4 * 1000, 1.6);
        assertWithin("nothing", claim(Arrays.asList(new Object[1000])) - none, 40 + 4 * 1000, 1.6);
        assertWithin("numbers", claim(Collections.nCopies(1000, 1.5)) - none, 40 + (4 + 24) * 1000, 1.2);
        assertWithin("text", claim(Collections.nCopies(1000, "a")) - none, 40 + (4 + 48) * 1000, 1.2);
        assertWithin("lists", claim(Collections.nCopies(1000, List.of(7))) - none, 40 + (4 + 40 + 4 + 24) * 1000, 1.2);
    }

    @Test
    void countsNoLessThanTheMembersOfObjects() {
        int none = claim(true);
        Map<String, Object> members = new LinkedHashMap<>();
        for (int i = 0; i < 1000; i++) {
            members.put(String.format("name-%03d", i), i);
        }
        int node = 48;

        assertWithin("no members", claim(Map.of()) - none, 48, 2);
        assertWithin("members", claim(members) - none, 48 + (node + string("name-000") + 24) * 1000, 1.2);
        assertWithin("nested", claim(List.of(members, members)) - none, 2 * (48 + (node + 48 + 24) * 1000), 1.2);
    }

    @Test
    void countsATokenThatIsLargerThanAllMemoryForTheMostThatFits() {
        String large = "中".repeat(500_000);

        assertThat(claim(Collections.nCopies(3_000, large))).isEqualTo(Integer.MAX_VALUE);
    }

    private static void assertWithin(String what, int estimate, int size, double most) {
        assertThat(estimate).as(what).isBetween(size, (int) (most * size));
    }

    /** Returns the bytes of a string: its object, and an array of one or two bytes for each character. */
    private static int string(String text) {
        boolean wide = text.chars().anyMatch(c -> c > 0xff);
        int array = 16 + text.length() * (wide ? 2 : 1);
        while (array % 8 != 0) {
            array++;
        }
        return 24 + array;
    }

    /** Returns the bytes of a hash table that is at most three quarters full. */
    private static int table(int entries) {
        int length = 1;
        while (3 * length <= 4 * entries) {
            length *= 2;
        }
        return 16 + 4 * length;
    }

    private static int claim(Object value) {
        return weight(Set.of(), Set.of(), Map.of("claim", value));
    }

    private static int weight(Set<String> scopes, Set<String> roles, Map<String, Object> claims) {
        return weight(new Principal("u", scopes, roles, claims), Optional.empty());
    }

    private static int weight(Principal principal, Optional<String> id) {
        return TokenWeight.of(new VerifiedTokens.Entry(
                new AccessToken(principal, id, Instant.EPOCH), TestKeys.of(SignatureAlgorithm.HS256), "id"));
    }
}
