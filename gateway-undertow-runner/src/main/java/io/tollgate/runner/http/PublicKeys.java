package io.tollgate.runner.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.http.Representation;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Publishes the keys that verify the gateway's tokens (RFC 7517, section 5). */
final class PublicKeys implements Endpoint {
    /** A new key is to be published this long before it signs, so it must not be long. */
    static final String CACHE = "public, max-age=300";

    private final Supplier<CompletionStage<String>> jwks;
    private volatile @Nullable Published published;

    private record Published(String json, Representation content) {}

    PublicKeys(Supplier<CompletionStage<String>> jwks) {
        this.jwks = requireNonNull(jwks, "jwks");
    }

    @Override
    public CompletionStage<HttpResponse> handle(Request request) {
        return jwks.get().thenApply(json -> content(json).respond(request));
    }

    /** Returns the content, which is made anew only when a key comes or goes. */
    private Representation content(String json) {
        Published known = published;
        if (known == null || !known.json.equals(json)) {
            known = new Published(
                    json,
                    Representation.of("application/json", json.getBytes(UTF_8)).withHeader("Cache-Control", CACHE));
            published = known;
        }
        return known.content;
    }
}
