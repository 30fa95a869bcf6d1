package io.tollgate.spring.boot;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;

/** The properties {@code tollgate.*}. */
@ConfigurationProperties(prefix = TollgateProperties.PREFIX, ignoreUnknownFields = false)
public final class TollgateProperties {
    static final String PREFIX = "tollgate";

    /** Guards requests. */
    private boolean enabled = true;

    /**
     * Addresses and networks of the proxies whose X-Forwarded-For is believed, such as 10.0.0.0/8. Unset: the peer of
     * the connection is the client.
     */
    private List<String> trustedProxies = new ArrayList<>();

    /** Patterns of paths that are not guarded. Unset: the health endpoint of Actuator, which probes call. */
    private @Nullable List<String> excludedPaths;

    @NestedConfigurationProperty
    private final RateLimitProperties rateLimit = new RateLimitProperties();

    @NestedConfigurationProperty
    private final RedisProperties redis = new RedisProperties();

    @NestedConfigurationProperty
    private final JwtProperties jwt = new JwtProperties();

    /**
     * Requirements by route. The first that matches a request counts. Others need a token if tollgate.jwt is set, and
     * are open otherwise.
     */
    private List<Route> routes = new ArrayList<>();

    private final Errors errors = new Errors();

    private final Operations operations = new Operations();

    public boolean isEnabled() {
        return enabled;
    }

    public void setEnabled(boolean enabled) {
        this.enabled = enabled;
    }

    public List<String> getTrustedProxies() {
        return trustedProxies;
    }

    public void setTrustedProxies(List<String> trustedProxies) {
        this.trustedProxies = trustedProxies;
    }

    public @Nullable List<String> getExcludedPaths() {
        return excludedPaths;
    }

    public void setExcludedPaths(@Nullable List<String> excludedPaths) {
        this.excludedPaths = excludedPaths;
    }

    public RateLimitProperties getRateLimit() {
        return rateLimit;
    }

    public RedisProperties getRedis() {
        return redis;
    }

    public JwtProperties getJwt() {
        return jwt;
    }

    public List<Route> getRoutes() {
        return routes;
    }

    public void setRoutes(List<Route> routes) {
        this.routes = routes;
    }

    public Errors getErrors() {
        return errors;
    }

    public Operations getOperations() {
        return operations;
    }

    /** The requirements of a route. */
    public static final class Route {
        /** Pattern of the path, such as /tickets/{id} or /admin/**. */
        private @Nullable String path;

        /** Method in capitals. Unset: every method. GET also stands for HEAD. */
        private @Nullable String method;

        /** Requirement of the route. Unset: a token if tollgate.jwt is set or there are scopes or roles, else none. */
        private @Nullable Access access;

        /** Scopes that a token must have, all of them. */
        private List<String> scopes = new ArrayList<>();

        /** Roles of which a token must have one. */
        private List<String> roles = new ArrayList<>();

        public @Nullable String getPath() {
            return path;
        }

        public void setPath(@Nullable String path) {
            this.path = path;
        }

        public @Nullable String getMethod() {
            return method;
        }

        public void setMethod(@Nullable String method) {
            this.method = method;
        }

        public @Nullable Access getAccess() {
            return access;
        }

        public void setAccess(@Nullable Access access) {
            this.access = access;
        }

        public List<String> getScopes() {
            return scopes;
        }

        public void setScopes(List<String> scopes) {
            this.scopes = scopes;
        }

        public List<String> getRoles() {
            return roles;
        }

        public void setRoles(List<String> roles) {
            this.roles = roles;
        }
    }

    /** The requirement of a route. */
    public enum Access {
        /** No token; one that is sent is ignored. */
        OPEN,
        /** A request without a token is anonymous; a token that is sent must be valid. */
        OPTIONAL,
        /** A valid token, or a user that Spring Security has authenticated. */
        TOKEN
    }

    /** Properties {@code tollgate.errors.*}. */
    public static final class Errors {
        /** Format of error bodies. */
        private Format format = Format.ENVELOPE;

        public Format getFormat() {
            return format;
        }

        public void setFormat(Format format) {
            this.format = format;
        }
    }

    /** The format of error bodies. */
    public enum Format {
        /** JSON with error, code, message and details. */
        ENVELOPE,
        /** Problem details (RFC 9457). */
        PROBLEM,
        /** Problem details if the client prefers them, else the envelope. */
        NEGOTIATED
    }

    /** Properties {@code tollgate.operations.*}. */
    public static final class Operations {
        /** Path of the pages for operators, such as /ops. Unset: there are no such pages. */
        private @Nullable String path;

        /** Token that operators send as Authorization: Bearer. Required if the pages have a path. */
        private @Nullable String token;

        /** Host names under which the pages can be reached. */
        private List<String> hosts = new ArrayList<>(List.of("localhost", "127.0.0.1", "::1"));

        public @Nullable String getPath() {
            return path;
        }

        public void setPath(@Nullable String path) {
            this.path = path;
        }

        public @Nullable String getToken() {
            return token;
        }

        public void setToken(@Nullable String token) {
            this.token = token;
        }

        public List<String> getHosts() {
            return hosts;
        }

        public void setHosts(List<String> hosts) {
            this.hosts = hosts;
        }
    }
}
