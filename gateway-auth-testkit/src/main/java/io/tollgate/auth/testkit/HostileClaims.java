package io.tollgate.auth.testkit;

import java.util.List;
import java.util.Map;

/** Tokens with a good signature whose claims are wrong. */
final class HostileClaims extends TokenTable {
    HostileClaims(HostileTokens hostile, Map<String, String> tokens) {
        super(hostile, tokens);
    }

    @Override
    void fill() {
        times();
        users();
        issuers();
    }

    private void times() {
        claims("no exp", members("\"user_id\":\"u\""));
        for (String exp : List.of(
                "null",
                "\"" + (now + 900) + "\"",
                (now + 900) + ".5",
                (now + 900) + ".0",
                "1e11",
                "-1",
                "0",
                "" + (now - 31),
                "9223372036854775807",
                "9223372036854775808",
                "1" + "0".repeat(400),
                "253402300800",
                "true",
                "{}",
                "[" + (now + 900) + "]",
                "\"2099-01-01T00:00:00Z\"",
                "NaN",
                "Infinity")) {
            claims("exp " + exp, members("\"user_id\":\"u\",\"exp\":" + exp));
        }
        claim("nbf", "" + (now + 31));
        claim("nbf", "\"" + (now - 10) + "\"");
        claim("nbf", (now - 10) + ".5");
        claim("nbf", "null");
        claim("nbf", "9223372036854775807");
        claim("iat", "" + (now + 31));
        claim("iat", "\"" + (now - 10) + "\"");
        claim("iat", "1.5");
        claim("iat", "-1");
        claims("exp twice", members("\"user_id\":\"u\",\"exp\":" + (now - 900) + ",\"exp\":" + (now + 900)));
    }

    private void users() {
        claims("no user", members("\"exp\":" + (now + 900)));
        for (String user :
                List.of("\"\"", "\" \"", "7", "null", "true", "{}", "[\"u\"]", "\"a\\u0000\"", "\"a\\nb\"")) {
            claims("user_id " + user, members("\"user_id\":" + user + ",\"exp\":" + (now + 900)));
            claims(
                    "user_id " + user + " beside sub",
                    members("\"user_id\":" + user + ",\"sub\":\"u\",\"exp\":" + (now + 900)));
            claims("sub " + user, members("\"sub\":" + user + ",\"exp\":" + (now + 900)));
        }
        claims("user_id twice", members("\"user_id\":\"u\",\"user_id\":\"admin\",\"exp\":" + (now + 900)));
        claims(
                "user_id twice, once escaped",
                members("\"user_id\":\"u\",\"user\\u005fid\":\"admin\",\"exp\":" + (now + 900)));
        claim("address", "{\"a\":1,\"a\":1}");
        claim("address", "[1,{\"b\":{\"a\":[],\"\\u0061\" : \"x\"}}]");
        claim("address", "{\"a\":{\"c\":\"}\"},\"b\":\"\\\"\",\"a\":2}");
        claim("scope", "7");
        claim("scope", "[7]");
        claim("roles", "{\"admin\":true}");
        claim("roles", "[[\"admin\"]]");
        claim("jti", "7");
    }

    private void issuers() {
        String rest = "{\"user_id\":\"u\",\"exp\":" + (now + 900);
        String iss = issuer.map(name -> ",\"iss\":\"" + name + "\"").orElse("");
        String aud = audience.map(name -> ",\"aud\":\"" + name + "\"").orElse("");
        issuer.ifPresent(name -> {
            claims("no iss", rest + aud + "}");
            for (String other : List.of(
                    "\"https://evil.example\"",
                    "\"" + name + "/\"",
                    "\"" + name + " \"",
                    "[\"" + name + "\"]",
                    "\"\"",
                    "7")) {
                claims("iss " + other, rest + ",\"iss\":" + other + aud + "}");
            }
        });
        audience.ifPresent(name -> {
            claims("no aud", rest + iss + "}");
            for (String other : List.of(
                    "\"other\"", "[\"other\"]", "[]", "\"" + name + "-2\"", "[[\"" + name + "\"]]", "7", "{}")) {
                claims("aud " + other, rest + iss + ",\"aud\":" + other + "}");
            }
        });
    }
}
