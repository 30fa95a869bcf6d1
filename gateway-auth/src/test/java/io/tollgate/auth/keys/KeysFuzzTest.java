package io.tollgate.auth.keys;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import java.nio.file.Path;
import java.text.ParseException;
import java.util.List;

/** Reads keys from anything, as issuers publish them and as files have them; Nimbus reads what is published again. */
class KeysFuzzTest {
    private static final KeyFile FILE = KeyFile.of(Path.of("keys"));

    @FuzzTest
    void aPublishedSetIsReadOrRejected(byte[] bytes) throws ParseException {
        List<TokenKey> keys;
        try {
            keys = Jwks.published(new String(bytes, UTF_8));
        } catch (IllegalArgumentException e) {
            assertThat(e.getMessage()).hasSizeLessThan(200);
            return;
        }
        assertThat(keys).noneMatch(TokenKey::canSign);
        assertPublishable(keys);
    }

    @FuzzTest
    void aFileIsReadOrRejected(byte[] bytes) throws ParseException {
        List<TokenKey> keys;
        try {
            keys = FILE.parse(new String(bytes, UTF_8));
        } catch (IllegalArgumentException e) {
            assertThat(e.getMessage()).startsWith("keys: ").hasSizeLessThan(500);
            return;
        }
        assertThat(keys).allSatisfy(key -> assertThat(key.toString()).hasSizeLessThan(500));
        assertPublishable(keys);
    }

    /** No private part is published, and what is published is the same keys. */
    private static void assertPublishable(List<TokenKey> keys) throws ParseException {
        String published = KeySet.of(keys).toPublicJwks();
        List<JWK> reference = JWKSet.parse(published).getKeys();
        assertThat(reference).noneMatch(JWK::isPrivate);
        assertThat(Jwks.published(published)).hasSameSizeAs(reference);
    }
}
