package io.tollgate.examples.benchmarks.peer;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jwt.SignedJWT;
import java.text.ParseException;
import java.time.Instant;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Verifies bearer tokens that are signed with HS256, and keeps the verified ones as Tollgate does. */
final class TokenFilter implements GatewayFilter {
    /** The attribute of an exchange that names its user. */
    static final String USER = "peer.user";

    private static final String BEARER = "Bearer ";

    private final MACVerifier verifier;
    private final Cache<String, Verified> verified =
            Caffeine.newBuilder().maximumSize(10_000).build();

    private record Verified(String user, Instant expiresAt) {}

    TokenFilter(byte[] secret) {
        try {
            this.verifier = new MACVerifier(secret);
        } catch (JOSEException e) {
            throw new IllegalArgumentException("secret", e);
        }
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        String header = exchange.getRequest().getHeaders().getFirst(HttpHeaders.AUTHORIZATION);
        Verified token = header == null || !header.startsWith(BEARER) ? null : verify(header.substring(BEARER.length()));
        if (token == null || !Instant.now().isBefore(token.expiresAt())) {
            exchange.getResponse().setStatusCode(HttpStatus.UNAUTHORIZED);
            return exchange.getResponse().setComplete();
        }
        exchange.getAttributes().put(USER, token.user());
        return chain.filter(exchange);
    }

    private Verified verify(String token) {
        Verified known = verified.getIfPresent(token);
        if (known != null) {
            return known;
        }
        try {
            SignedJWT jwt = SignedJWT.parse(token);
            if (!jwt.verify(verifier)) {
                return null;
            }
            Verified now = new Verified(
                    jwt.getJWTClaimsSet().getSubject(),
                    jwt.getJWTClaimsSet().getExpirationTime().toInstant());
            verified.put(token, now);
            return now;
        } catch (ParseException | JOSEException e) {
            return null;
        }
    }
}
