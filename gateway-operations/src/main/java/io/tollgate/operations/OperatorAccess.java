package io.tollgate.operations;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.tollgate.api.CommonError;
import io.tollgate.api.ErrorCode;
import io.tollgate.api.GatewayException;
import io.tollgate.api.http.HttpRequestHead;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides which requests may see the {@link OperatorPages}. Health and metrics are open; the other pages need
 *
 * <ul>
 *   <li>an allowed host name in {@code Host}, so that a page of another site that lets its name resolve to this machine (DNS
 *       rebinding) cannot read them;
 *   <li>the token, as {@code Authorization: Bearer …}, unless the server listens on loopback addresses only and has none.
 * </ul>
 *
 * <pre>{@code
 * OperatorAccess access = OperatorAccess.builder()
 *         .token(System.getenv("OPERATOR_TOKEN"))
 *         .hosts(List.of("ops.example.com"))
 *         .build();
 * }</pre>
 *
 * <p>Without a token and without {@link Builder#loopback()} nothing but health and metrics is shown. Immutable and
 * thread-safe; {@code toString} does not show the token.
 */
public final class OperatorAccess {
    private static final List<String> LOOPBACK_NAMES = List.of("localhost", "127.0.0.1", "::1");

    private final @Nullable Supplier<String> token;
    private final boolean loopback;
    private final Set<String> hosts;
    private final String tokenSetting;
    private final String hostsSetting;

    private OperatorAccess(Builder builder) {
        this.token = builder.token;
        this.loopback = builder.loopback;
        this.hosts = Set.copyOf(builder.hosts);
        this.tokenSetting = builder.tokenSetting;
        this.hostsSetting = builder.hostsSetting;
    }

    /** Returns access for operators with this token, by the names of the loopback address. */
    public static OperatorAccess token(String token) {
        return builder().token(token).build();
    }

    /** Returns access without a token, for a server that listens on loopback addresses only. */
    public static OperatorAccess loopback() {
        return builder().loopback().build();
    }

    /** Starts with no token, and the names of the loopback address as hosts. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns if the request may see a page for {@code audience}; fails with 401 or 403 if not. */
    void check(HttpRequestHead head, Audience audience) {
        if (audience == Audience.ANYONE) {
            return;
        }
        checkHost(head);
        if (!loopback && token == null) {
            throw GatewayException.of(
                    CommonError.PERMISSION_DENIED,
                    "This page can be reached from other machines and has no token: only health and metrics are shown. Set "
                            + tokenSetting + ", or listen on 127.0.0.1.");
        }
        if (audience == Audience.OPERATOR && token != null) {
            checkToken(head, sha256(token.get()));
        }
    }

    /** Returns if a write comes from a page of this very host, or from no page; fails with 403 if not. */
    void checkOrigin(HttpRequestHead head) {
        String host = head.header("Host").orElse("");
        boolean same = head.headers("Origin").stream()
                .allMatch(origin ->
                        origin.equalsIgnoreCase("http://" + host) || origin.equalsIgnoreCase("https://" + host));
        if (!same || head.headers("Sec-Fetch-Site").contains("cross-site")) {
            throw GatewayException.of(
                    CommonError.PERMISSION_DENIED, "Pages of other origins must not change anything.");
        }
    }

    private void checkHost(HttpRequestHead head) {
        List<String> given = head.headers("Host");
        if (given.size() != 1 || !hosts.contains(normal(withoutPort(given.get(0))))) {
            throw GatewayException.of(
                    CommonError.PERMISSION_DENIED,
                    "Host name not allowed for these pages. Allowed: " + String.join(", ", new TreeSet<>(hosts))
                            + ". Add others to " + hostsSetting + ".");
        }
    }

    private void checkToken(HttpRequestHead head, byte[] expected) {
        List<String> given = head.headers("Authorization");
        if (given.isEmpty()) {
            throw unauthenticated(
                    CommonError.MISSING_TOKEN,
                    "The page needs a token: Authorization: Bearer <the value of " + tokenSetting + ">.");
        }
        @Nullable String credentials = given.size() == 1 ? bearer(given.get(0)) : null;
        if (credentials == null) {
            throw unauthenticated(
                    CommonError.INVALID_TOKEN_FORMAT,
                    "Expected: Authorization: Bearer <the value of " + tokenSetting + ">.");
        }
        // Of digests, so that the time does not even tell the length.
        if (!MessageDigest.isEqual(sha256(credentials), expected)) {
            throw unauthenticated(CommonError.INVALID_TOKEN, "The token is not the value of " + tokenSetting + ".");
        }
    }

    private static GatewayException unauthenticated(ErrorCode code, String message) {
        return GatewayException.builder(code, message)
                .header("WWW-Authenticate", "Bearer realm=\"tollgate admin\"")
                .build();
    }

    private static @Nullable String bearer(String header) {
        return header.regionMatches(true, 0, "Bearer ", 0, 7)
                ? header.substring(7).strip()
                : null;
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static String withoutPort(String host) {
        if (host.startsWith("[")) {
            int end = host.indexOf(']');
            boolean isAddress = end > 0 && (end + 1 == host.length() || host.charAt(end + 1) == ':');
            return isAddress ? host.substring(1, end) : host;
        }
        int colon = host.indexOf(':');
        return colon < 0 ? host : host.substring(0, colon);
    }

    private static String normal(String host) {
        String name = host.startsWith("[") ? withoutPort(host) : host;
        return name.toLowerCase(Locale.ROOT);
    }

    /** The allowed hosts, and whether there is a token. */
    @Override
    public String toString() {
        return "OperatorAccess[hosts=" + new TreeSet<>(hosts) + ", token=" + (token == null ? "none" : "<redacted>")
                + ", loopback=" + loopback + "]";
    }

    /** Collects the rules. Not thread-safe. */
    public static final class Builder {
        private Collection<String> hosts = LOOPBACK_NAMES;
        private @Nullable Supplier<String> token;
        private boolean loopback;
        private String tokenSetting = "the operator token";
        private String hostsSetting = "the allowed hosts";

        private Builder() {}

        /**
         * Sets the token that operators send; by default there is none.
         *
         * @param secret not blank
         */
        public Builder token(String secret) {
            if (secret.isBlank()) {
                throw new IllegalArgumentException("token: blank (expected: a secret)");
            }
            this.token = () -> secret;
            return this;
        }

        /**
         * Sets a token that may change while the server runs, such as that of a file: each request is compared with the one of
         * its moment. Streams of the live page that are open stay open.
         *
         * @param current called for each request of an operator, on a thread of the server; never blocks
         */
        public Builder token(Supplier<String> current) {
            this.token = requireNonNull(current, "current");
            return this;
        }

        /** The server listens on loopback addresses only: the pages are shown without a token if none is set. */
        public Builder loopback() {
            this.loopback = true;
            return this;
        }

        /**
         * Sets the host names that are allowed; by default {@code localhost}, {@code 127.0.0.1} and {@code ::1}.
         *
         * @param names without ports
         */
        public Builder hosts(Collection<String> names) {
            this.hosts = names.stream().map(OperatorAccess::normal).toList();
            return this;
        }

        /**
         * Names the settings that error messages refer to.
         *
         * @param ofToken for example {@code ops.token (OPS_TOKEN)}
         * @param ofHosts for example {@code ops.hosts (OPS_HOSTS)}
         */
        public Builder settings(String ofToken, String ofHosts) {
            this.tokenSetting = requireNonNull(ofToken, "ofToken");
            this.hostsSetting = requireNonNull(ofHosts, "ofHosts");
            return this;
        }

        /** Returns the finished rules. */
        public OperatorAccess build() {
            return new OperatorAccess(this);
        }
    }
}
