package io.tollgate.auth;

import io.tollgate.api.TimeSource;
import io.tollgate.api.token.AccessToken;
import io.tollgate.auth.keys.KeyQuery;
import io.tollgate.auth.keys.KeySet;
import io.tollgate.auth.keys.KeySource;
import io.tollgate.auth.keys.TokenKey;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Finds the key of a token, and checks the token's signature and claims with it. */
record TokenCheck(KeySource keys, ClaimRules rules, TimeSource time) {
    /** Returns the entry of a valid token for the cache; fails with the error of an invalid one. */
    CompletionStage<VerifiedTokens.Entry> check(Parsed token) {
        KeyQuery query = token.header().query();
        return found(keys.keys(query)).thenCompose(set -> {
            VerifiedTokens.Entry entry = checkWith(set, token);
            if (entry != null) {
                return CompletableFuture.completedStage(entry);
            }
            // A key that has the name decides. Keys without one may stand before a newer key of another source.
            if (set.names(query)) {
                throw Rejection.invalid();
            }
            return found(keys.refreshed(query)).thenApply(newer -> {
                VerifiedTokens.Entry late = newer == set ? null : checkWith(newer, token);
                if (late == null) {
                    throw Rejection.invalid();
                }
                return late;
            });
        });
    }

    private static CompletionStage<KeySet> found(CompletionStage<KeySet> search) {
        return search.handle((set, failure) -> {
            if (failure != null) {
                throw Stages.gatewayError(failure);
            }
            return set;
        });
    }

    /** Returns null if none of the keys has signed the token. */
    private VerifiedTokens.@Nullable Entry checkWith(KeySet set, Parsed token) {
        CompactJws jws = token.jws();
        TokenHeader header = token.header();
        for (TokenKey key : set.candidates(header.algorithm(), header.kid())) {
            if (key.verifies(jws.signingInput(), jws.signature())) {
                AccessToken content = rules.check(jws.claims(), key.algorithm(), time.now());
                // Of what was signed: a text may have several valid signatures, with ES256 two that anyone can compute.
                String revocationId =
                        TokenDigest.of(content.id().orElseGet(jws::signed)).text();
                return new VerifiedTokens.Entry(content, key, revocationId);
            }
        }
        return null;
    }

    /** A token whose format and header are acceptable. */
    record Parsed(CompactJws jws, TokenHeader header) {
        static Parsed of(String token) {
            CompactJws jws = CompactJws.parse(token);
            return new Parsed(jws, TokenHeader.check(jws.header()));
        }
    }
}
