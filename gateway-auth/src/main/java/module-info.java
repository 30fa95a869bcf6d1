/** JWT access tokens and rotating refresh tokens: {@link io.tollgate.auth.JwtTokenService} is where to start. */
module io.tollgate.auth {
    requires transitive io.tollgate.api;
    requires static transitive org.jspecify;
    requires static transitive redis.clients.jedis;
    requires com.github.benmanes.caffeine;
    requires com.nimbusds.jose.jwt;
    requires java.net.http;
    requires org.slf4j;

    exports io.tollgate.auth;
}
