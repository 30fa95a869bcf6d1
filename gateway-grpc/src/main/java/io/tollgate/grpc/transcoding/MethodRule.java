package io.tollgate.grpc.transcoding;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.token.AccessRule;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the methods that a pattern matches. Rules that match one method are merged setting by setting, later rules over
 * earlier ones.
 *
 * <pre>{@code
 * MethodRule deletes = MethodRule.builder("library.v1.LibraryService.Delete*")
 *         .scopes("library.admin")
 *         .deadline(Duration.ofSeconds(2))
 *         .idempotent(true)
 *         .build();
 * }</pre>
 *
 * <p>Immutable.
 */
public final class MethodRule {
    private final NamePattern method;
    private final @Nullable Auth auth;
    private final @Nullable List<String> scopes;
    private final @Nullable Duration deadline;
    private final @Nullable Boolean idempotent;

    private MethodRule(Builder builder) {
        this.method = builder.method;
        this.auth = builder.auth;
        this.scopes = builder.scopes;
        this.deadline = builder.deadline;
        this.idempotent = builder.idempotent;
    }

    /**
     * Returns a builder.
     *
     * @param method a full name such as {@code library.v1.LibraryService.GetBook}; {@code *} stands for one part of it or within
     *     one, {@code **} at the end for the rest
     */
    public static Builder builder(String method) {
        return new Builder(NamePattern.of("method", method));
    }

    NamePattern method() {
        return method;
    }

    /** Returns {@code settings} with those of this rule. */
    MethodSettings over(MethodSettings settings) {
        MethodSettings merged = settings;
        Auth token = auth;
        if (token != null) {
            // Scopes of an earlier, usually wider, rule have no meaning without a token.
            merged = merged.withAuth(token, token == Auth.REQUIRED ? merged.scopes() : List.of());
        }
        List<String> demanded = scopes;
        if (demanded != null) {
            merged = merged.withAuth(demanded.isEmpty() ? merged.auth() : Auth.REQUIRED, demanded);
        }
        if (deadline != null) {
            merged = merged.withDeadline(deadline);
        }
        return idempotent == null ? merged : merged.withIdempotent(idempotent);
    }

    /** Returns the pattern. */
    @Override
    public String toString() {
        return "MethodRule[" + method + "]";
    }

    /** Describes a {@link MethodRule}. What is not set stays as it is. Not thread-safe. */
    public static final class Builder {
        private final NamePattern method;
        private @Nullable Auth auth;
        private @Nullable List<String> scopes;
        private @Nullable Duration deadline;
        private @Nullable Boolean idempotent;

        private Builder(NamePattern method) {
            this.method = method;
        }

        /** Sets the token that requests need. Anything but {@link Auth#REQUIRED} removes the scopes of earlier rules. */
        public Builder auth(Auth value) {
            this.auth = requireNonNull(value, "value");
            return this;
        }

        /**
         * Sets the scopes that a token must have, all of them, in place of those of earlier rules. With one or more, a token is
         * required.
         *
         * @param required visible ASCII but quotes and backslashes
         */
        public Builder scopes(String... required) {
            List<String> copy = List.of(required);
            AccessRule.scopes(copy); // rejects what can be no scope
            this.scopes = copy;
            return this;
        }

        /** Sets the time that a call with one response may take: 1 millisecond to 1 hour. */
        public Builder deadline(Duration value) {
            this.deadline = MethodSettings.deadline("deadline", value);
            return this;
        }

        /**
         * Permits that a call is made again after it failed with {@code UNAVAILABLE} (see {@link
         * io.tollgate.grpc.Upstream#RETRY}), or forbids it.
         */
        public Builder idempotent(boolean value) {
            this.idempotent = value;
            return this;
        }

        /**
         * Returns the rule.
         *
         * @throws IllegalStateException if it has scopes, and another {@code auth} than {@link Auth#REQUIRED}
         */
        public MethodRule build() {
            if (auth != null && auth != Auth.REQUIRED && scopes != null && !scopes.isEmpty()) {
                throw new IllegalStateException(
                        "auth: " + auth + " beside scopes of " + method + " (expected: REQUIRED, or no scopes)");
            }
            return new MethodRule(this);
        }
    }
}
