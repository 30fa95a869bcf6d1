/**
 * Signed access tokens and rotating refresh tokens; start with {@link io.tollgate.auth.JwtTokenService}, or with {@link
 * io.tollgate.auth.JwtVerifier} to verify only.
 */
module io.tollgate.auth {
    requires transitive io.tollgate.api;
    requires static transitive org.jspecify;
    requires static transitive redis.clients.jedis;
    requires com.github.benmanes.caffeine;
    requires com.nimbusds.jose.jwt;
    requires java.net.http;
    requires org.slf4j;

    exports io.tollgate.auth;
    exports io.tollgate.auth.keys;
    exports io.tollgate.auth.refresh;
    exports io.tollgate.auth.revocation;
}
