package io.tollgate.runner.config;

import io.tollgate.config.ConfigValues;
import io.tollgate.runner.config.GatewayConfig.Auth;
import io.tollgate.runner.config.GatewayConfig.BruteForce;
import io.tollgate.runner.config.GatewayConfig.Jwks;
import io.tollgate.runner.config.GatewayConfig.Jwt;
import io.tollgate.runner.config.GatewayConfig.RefreshTokens;
import io.tollgate.runner.config.GatewayConfig.Revocation;
import java.util.List;
import java.util.Map;

/** Makes the records of tokens and keys. */
final class TokenBinder {
    private TokenBinder() {}

    static Jwt jwt(ConfigValues v) {
        return new Jwt(
                v.find(ConfigKeys.JWT_SECRET_KEY),
                v.get(ConfigKeys.JWT_ALGORITHM),
                v.find(ConfigKeys.JWT_KEYS).orElse(List.of()),
                v.get(ConfigKeys.JWT_KEY_FILE_REFRESH),
                new Jwks(
                        v.find(ConfigKeys.JWT_JWKS_URL),
                        v.get(ConfigKeys.JWT_JWKS_REFRESH),
                        v.get(ConfigKeys.JWT_JWKS_MAX_STALENESS)),
                v.find(ConfigKeys.JWT_ISSUER),
                v.find(ConfigKeys.JWT_AUDIENCE),
                v.get(ConfigKeys.JWT_CLOCK_SKEW),
                v.get(ConfigKeys.JWT_ACCESS_TOKEN_TTL),
                v.get(ConfigKeys.JWT_ACCEPT_LEGACY_CLAIMS),
                Math.toIntExact(v.get(ConfigKeys.JWT_MAX_TOKEN_SIZE)),
                v.get(ConfigKeys.JWT_CACHE_SIZE),
                new Revocation(v.get(ConfigKeys.JWT_REVOCATION), v.get(ConfigKeys.JWT_REVOCATION_ON_OUTAGE)),
                new RefreshTokens(
                        v.get(ConfigKeys.JWT_REFRESH_TOKEN_TTL),
                        v.get(ConfigKeys.JWT_REFRESH_TOKEN_IDLE_TTL),
                        v.get(ConfigKeys.JWT_REFRESH_TOKEN_GRACE)));
    }

    static Auth auth(ConfigValues v) {
        return new Auth(
                v.get(ConfigKeys.AUTH_ISSUER),
                v.get(ConfigKeys.AUTH_DEFAULT_SCOPES),
                v.find(ConfigKeys.AUTH_REQUIRED_SCOPES).orElse(Map.of()),
                v.find(ConfigKeys.AUTH_REQUIRED_ROLES).orElse(Map.of()),
                new BruteForce(
                        v.get(ConfigKeys.BRUTE_FORCE_ENABLED),
                        v.get(ConfigKeys.BRUTE_FORCE_WINDOW),
                        v.get(ConfigKeys.BRUTE_FORCE_ADDRESS_FAILURES),
                        v.get(ConfigKeys.BRUTE_FORCE_BAD_TOKENS),
                        v.get(ConfigKeys.BRUTE_FORCE_VERIFICATIONS),
                        v.get(ConfigKeys.BRUTE_FORCE_VERIFICATIONS_PER_SECOND),
                        v.get(ConfigKeys.BRUTE_FORCE_ACCOUNT_FAILURES),
                        v.get(ConfigKeys.BRUTE_FORCE_ACCOUNT_DELAY)));
    }
}
