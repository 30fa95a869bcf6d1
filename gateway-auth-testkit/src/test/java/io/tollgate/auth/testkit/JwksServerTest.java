package io.tollgate.auth.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.CommonError;
import io.tollgate.auth.JwtVerifier;
import io.tollgate.auth.keys.RemoteKeys;
import io.tollgate.auth.keys.SignatureAlgorithm;
import io.tollgate.auth.keys.TokenKey;
import io.tollgate.testkit.VirtualTime;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class JwksServerTest {
    private final TokenKey first = TestKeys.fresh(SignatureAlgorithm.ES256).withKid("first");
    private final TokenKey second = TestKeys.fresh(SignatureAlgorithm.EdDSA).withKid("second");
    private final VirtualTime time = new VirtualTime();

    @Test
    void publishesKeysAndThenOthers() {
        try (JwksServer issuer = JwksServer.publishing(first);
                RemoteKeys keys =
                        RemoteKeys.builder().uri(issuer.uri()).time(time).build()) {
            JwtVerifier verifier = JwtVerifier.builder().keys(keys).time(time).build();
            assertThat(Stages.await(verifier.verify(token(first))).principal().userId())
                    .isEqualTo("ann");
            assertThat(issuer.requests()).isEqualTo(1);

            issuer.publish(second);
            time.advance(Duration.ofMinutes(1));

            assertThat(Stages.await(verifier.verify(token(second))).principal().userId())
                    .isEqualTo("ann");
            assertThat(issuer.requests()).isEqualTo(2);
        }
    }

    @Test
    void failsAsAnIssuerDoes() {
        try (JwksServer issuer = JwksServer.publishing(first);
                RemoteKeys keys = RemoteKeys.builder().uri(issuer.uri()).build()) {
            issuer.respond(500, "");

            Stages.assertFails(
                    CommonError.SERVICE_UNAVAILABLE,
                    JwtVerifier.builder().keys(keys).build().verify(token(first)));
        }
    }

    @Test
    void publishesNoSecrets() throws Exception {
        TokenKey secret = TestKeys.of(SignatureAlgorithm.HS256);
        try (JwksServer issuer = JwksServer.publishing(first, secret)) {
            String body = get(issuer.uri());

            assertThat(body).contains("\"first\"").doesNotContain("\"d\"", "oct");
        }
    }

    private static String get(URI uri) throws Exception {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                .body();
    }

    private String token(TokenKey key) {
        return TestToken.of("ann").issuedAt(time.now()).signedWith(key);
    }
}
