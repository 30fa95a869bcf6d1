package io.tollgate.runner.auth;

import io.tollgate.api.TimeSource;
import io.tollgate.api.token.AccessRule;
import io.tollgate.api.token.TokenVerifier;
import io.tollgate.api.user.UserGateway;
import io.tollgate.auth.IssuingUserGateway;
import io.tollgate.auth.JwtTokenService;
import io.tollgate.auth.keys.RemoteKeys;
import io.tollgate.auth.refresh.LateRedisClient;
import io.tollgate.auth.refresh.RedisRefreshTokenStore;
import io.tollgate.auth.revocation.InMemoryRevokedTokens;
import io.tollgate.auth.revocation.RedisRevokedTokens;
import io.tollgate.runner.config.GatewayConfig;
import io.tollgate.runner.config.GatewayConfig.Jwt;
import io.tollgate.runner.config.GatewayConfig.RevocationOutage;
import io.tollgate.runner.config.GatewayConfig.TokenIssuer;
import io.tollgate.runner.http.Logout;
import io.tollgate.runner.http.TokenRoutes;
import io.tollgate.runner.routes.ApiRoute;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Verifies tokens and, where the configuration says so, issues them. Owns what it opens. */
public final class Tokens implements AutoCloseable {
    private final GatewayConfig config;
    private final Optional<Supplier<String>> redisPassword;
    private final List<AutoCloseable> open = new ArrayList<>();
    private final Keys keys;
    private final JwtTokenService service;
    private @Nullable LateRedisClient redis;

    /**
     * Creates what {@code config} describes. Reads key files, which blocks.
     *
     * @param redisPassword the one of each moment
     * @throws RuntimeException if that fails; nothing stays open then
     */
    public Tokens(GatewayConfig config, TimeSource time, Optional<Supplier<String>> redisPassword) {
        this.config = config;
        this.redisPassword = redisPassword;
        try {
            this.keys = new Keys(config.jwt(), time);
            open.add(keys);
            this.service = service(config.jwt(), time);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Returns the verifier of access tokens. */
    public TokenVerifier verifier() {
        return service;
    }

    /** Returns the state of the keys. Never blocks. */
    public KeyState keys() {
        return keys.state();
    }

    /** Returns the user service with the gateway's tokens in place of its own, if the gateway issues tokens. */
    public UserGateway issuingFor(UserGateway users) {
        return issues() ? new IssuingUserGateway(users, service, config.auth().defaultScopes()) : users;
    }

    /** Returns what the route table needs. */
    public TokenRoutes routes() {
        Map<String, AccessRule> rules = new LinkedHashMap<>();
        for (String route : ApiRoute.templatesWithToken()) {
            rules.put(
                    route,
                    AccessRule.scopes(config.auth().requiredScopes().getOrDefault(route, List.of()))
                            .andOneOfRoles(config.auth().requiredRoles().getOrDefault(route, List.of())));
        }
        Logout logout = new TokenLogout(service, config.jwt().revocation().enabled());
        return new TokenRoutes(keys::published, issues() ? Optional.of(logout) : Optional.empty(), rules);
    }

    /** Returns the service that verifies and issues tokens, to be measured. */
    public JwtTokenService service() {
        return service;
    }

    /** Returns the keys of a URL, to be measured, if there is one. */
    public Optional<RemoteKeys> remoteKeys() {
        return keys.remote();
    }

    private boolean issues() {
        return config.auth().issuer() == TokenIssuer.GATEWAY;
    }

    private JwtTokenService service(Jwt jwt, TimeSource time) {
        JwtTokenService.Builder builder = JwtTokenService.builder()
                .keys(keys.all())
                .clockSkew(jwt.clockSkew())
                .accessTokenTtl(jwt.accessTokenTtl())
                .acceptLegacyClaims(jwt.acceptLegacyClaims())
                .maxTokenLength(jwt.maxTokenSize())
                .cacheSize(jwt.cacheSize())
                .refreshTokenTtl(jwt.refreshTokens().ttl())
                .refreshTokenIdleTtl(jwt.refreshTokens().idleTtl())
                .refreshGrace(jwt.refreshTokens().grace())
                .time(time);
        jwt.issuer().ifPresent(builder::issuer);
        jwt.audience().ifPresent(builder::audience);
        boolean shared = config.redis().enabled();
        if (issues() && shared) {
            builder.refreshTokenStore(opened(refreshTokenStore(time)));
        }
        if (jwt.revocation().enabled()) {
            builder.revokedTokens(
                    shared
                            ? opened(revokedTokens(time))
                            : InMemoryRevokedTokens.builder().time(time).build());
        }
        return builder.build();
    }

    private RedisRefreshTokenStore refreshTokenStore(TimeSource time) {
        RedisRefreshTokenStore.Builder store =
                RedisRefreshTokenStore.builder().client(redis()).time(time);
        config.redis().namespace().ifPresent(store::namespace);
        return store.build();
    }

    private RedisRevokedTokens revokedTokens(TimeSource time) {
        RedisRevokedTokens.Builder list = RedisRevokedTokens.builder()
                .client(redis())
                .whenStale(whenStale(config.jwt().revocation().onOutage()))
                .time(time);
        config.redis().namespace().ifPresent(list::namespace);
        return list.build();
    }

    private static RedisRevokedTokens.WhenStale whenStale(RevocationOutage onOutage) {
        return onOutage == RevocationOutage.ACCEPT
                ? RedisRevokedTokens.WhenStale.ACCEPT
                : RedisRevokedTokens.WhenStale.REJECT;
    }

    private LateRedisClient redis() {
        LateRedisClient client = redis;
        if (client == null) {
            client = opened(new LateRedisClient(() -> RedisStores.connect(config.redis(), redisPassword)));
            redis = client;
        }
        return client;
    }

    private <T extends AutoCloseable> T opened(T resource) {
        open.add(resource);
        return resource;
    }

    @Override
    public void close() {
        Closing.all(open);
    }
}
