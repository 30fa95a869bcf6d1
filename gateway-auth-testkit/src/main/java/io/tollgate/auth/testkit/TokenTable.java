package io.tollgate.auth.testkit;

import io.tollgate.auth.keys.TokenKey;
import java.util.Map;
import java.util.Optional;

/** A part of the hostile tokens: adds tokens that differ from a good one in one thing each. */
abstract class TokenTable {
    final TokenKey key;
    final String alg;
    final long now;
    final String goodClaims;
    final String good;
    final Optional<String> issuer;
    final Optional<String> audience;

    private final Map<String, String> tokens;

    TokenTable(HostileTokens hostile, Map<String, String> tokens) {
        this.key = hostile.key();
        this.alg = "\"alg\":\"" + key.algorithm() + "\"";
        this.now = hostile.now().getEpochSecond();
        this.issuer = hostile.issuer();
        this.audience = hostile.audience();
        this.goodClaims = members("\"user_id\":\"u\",\"exp\":" + (now + 900));
        this.good = signed("{" + alg + "}", goodClaims);
        this.tokens = tokens;
    }

    abstract void fill();

    /** Returns an object of these members, and those of the issuer and the audience, if there are such. */
    final String members(String some) {
        return "{" + some + issuer.map(name -> ",\"iss\":\"" + name + "\"").orElse("")
                + audience.map(name -> ",\"aud\":\"" + name + "\"").orElse("") + "}";
    }

    final void header(String name, String value) {
        add("header " + name + " " + value, signed("{" + alg + ",\"" + name + "\":" + value + "}", goodClaims));
    }

    final void claim(String name, String value) {
        claims(
                name + " " + value,
                goodClaims.substring(0, goodClaims.length() - 1) + ",\"" + name + "\":" + value + "}");
    }

    final void claims(String name, String claims) {
        add("claims: " + name, signed("{" + alg + "}", claims));
    }

    final String signed(String header, String claims) {
        return TestToken.sign(key, header, claims);
    }

    final void add(String name, String token) {
        if (tokens.put(name, token) != null) {
            throw new IllegalStateException("two hostile tokens have the name " + name);
        }
    }
}
