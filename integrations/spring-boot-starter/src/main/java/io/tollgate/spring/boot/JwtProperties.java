package io.tollgate.spring.boot;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Properties {@code tollgate.jwt.*}. */
public final class JwtProperties {
    /** Secret of tokens that are signed with HS256, at least 32 bytes. */
    private @Nullable String secret;

    /** URL of the public keys of the issuer, a JWK Set: https, or http on a loopback address. */
    private @Nullable URI jwksUri;

    /** Value of iss that tokens must have. Unset: any or none. */
    private @Nullable String issuer;

    /** Value of aud that tokens must have. Unset: any or none. */
    private @Nullable String audience;

    /** Tolerated difference between the clock of the issuer and the one here, up to 5m. */
    private Duration clockSkew = Duration.ofSeconds(30);

    /** Interval at which the public keys are fetched. */
    private Duration jwksRefreshInterval = Duration.ofMinutes(5);

    /** Maximum length of a token in characters. Longer ones are rejected unread. */
    private int maxTokenLength = 8192;

    /** Number of verified tokens that are cached. */
    private int cacheSize = 10_000;

    public @Nullable String getSecret() {
        return secret;
    }

    public void setSecret(@Nullable String secret) {
        this.secret = secret;
    }

    public @Nullable URI getJwksUri() {
        return jwksUri;
    }

    public void setJwksUri(@Nullable URI jwksUri) {
        this.jwksUri = jwksUri;
    }

    public @Nullable String getIssuer() {
        return issuer;
    }

    public void setIssuer(@Nullable String issuer) {
        this.issuer = issuer;
    }

    public @Nullable String getAudience() {
        return audience;
    }

    public void setAudience(@Nullable String audience) {
        this.audience = audience;
    }

    public Duration getClockSkew() {
        return clockSkew;
    }

    public void setClockSkew(Duration clockSkew) {
        this.clockSkew = clockSkew;
    }

    public Duration getJwksRefreshInterval() {
        return jwksRefreshInterval;
    }

    public void setJwksRefreshInterval(Duration jwksRefreshInterval) {
        this.jwksRefreshInterval = jwksRefreshInterval;
    }

    public int getMaxTokenLength() {
        return maxTokenLength;
    }

    public void setMaxTokenLength(int maxTokenLength) {
        this.maxTokenLength = maxTokenLength;
    }

    public int getCacheSize() {
        return cacheSize;
    }

    public void setCacheSize(int cacheSize) {
        this.cacheSize = cacheSize;
    }
}
