/**
 * Signed access tokens and rotating refresh tokens; start with {@link io.tollgate.auth.JwtTokenService}, or with {@link
 * io.tollgate.auth.JwtVerifier} to verify only.
 */
module io.tollgate.auth {
    requires transitive io.tollgate.api;
    requires static transitive org.jspecify;
    // Not transitive: the compiler would demand it of every user's module.
    requires static redis.clients.jedis;
    requires com.github.benmanes.caffeine;
    requires com.nimbusds.jose.jwt;
    requires java.net.http;
    requires org.slf4j;

    exports io.tollgate.auth;
    exports io.tollgate.auth.keys;
    exports io.tollgate.auth.refresh;
    exports io.tollgate.auth.revocation;
}
