package io.tollgate.api.token;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Verifies the token in the {@code Authorization} header of a request of any server (RFC 6750, section 2.1). A {@link
 * io.tollgate.api.guard.RequestGuard} does this too; use this class to authenticate without one.
 *
 * <pre>{@code
 * BearerAuthenticator authenticator = BearerAuthenticator.of(verifier);
 * CompletionStage<AccessToken> token = authenticator.authenticate(head.headers("Authorization"));
 * }</pre>
 *
 * <p>Every failure with a 401 code has its {@code WWW-Authenticate} challenge (RFC 6750, section 3) in {@link
 * GatewayException#headers()}. Thread-safe.
 */
public final class BearerAuthenticator {
    private static final String CHALLENGE = "WWW-Authenticate";
    private static final String SCHEME = "Bearer";
    /** The characters after the scheme (RFC 9110, section 11.2). A table, since the characters of tokens defeat branch prediction. */
    private static final boolean[] TOKEN68 = token68();

    private final TokenVerifier verifier;

    private BearerAuthenticator(TokenVerifier verifier) {
        this.verifier = requireNonNull(verifier, "verifier");
    }

    /** Returns an authenticator that accepts the tokens which {@code verifier} accepts. */
    public static BearerAuthenticator of(TokenVerifier verifier) {
        return new BearerAuthenticator(verifier);
    }

    /**
     * Authenticates a request by its {@code Authorization} header.
     *
     * @param authorization the values of all {@code Authorization} header lines of the request, in order; empty if there is
     *     none
     * @return the verified token, completed like {@link TokenVerifier#verify}; fails with a {@link GatewayException} of
     *     {@code MISSING_TOKEN}, {@code INVALID_TOKEN_FORMAT}, {@code INVALID_TOKEN} or {@code TOKEN_EXPIRED}, with its
     *     {@code WWW-Authenticate} challenge
     */
    public CompletionStage<AccessToken> authenticate(List<String> authorization) {
        CompletableFuture<AccessToken> verified;
        try {
            verified = verifier.verify(requireToken(authorization)).toCompletableFuture();
        } catch (GatewayException e) {
            return CompletableFuture.failedStage(e);
        }
        return verified.isDone() && !verified.isCompletedExceptionally()
                ? verified.minimalCompletionStage()
                : verified.handle(BearerAuthenticator::challenged).thenCompose(stage -> stage);
    }

    /**
     * Returns the token of the {@code Authorization} header, unverified.
     *
     * @param authorization the values of all {@code Authorization} header lines of the request
     * @throws GatewayException of {@code MISSING_TOKEN} or {@code INVALID_TOKEN_FORMAT}, with its {@code WWW-Authenticate}
     *     challenge
     */
    public static String requireToken(List<String> authorization) {
        if (authorization.isEmpty()) {
            throw GatewayException.builder(
                            CommonError.MISSING_TOKEN,
                            "An access token is required: send \"Authorization: Bearer <token>\".")
                    .header(CHALLENGE, SCHEME)
                    .build();
        }
        if (authorization.size() > 1) {
            throw malformed("There must be exactly one Authorization header.", true);
        }
        String value = authorization.get(0).strip();
        int space = value.indexOf(' ');
        String scheme = space < 0 ? value : value.substring(0, space);
        if (!scheme.equalsIgnoreCase(SCHEME)) {
            throw malformed("The Authorization header must be of the form \"Bearer <token>\".", false);
        }
        String token = space < 0 ? "" : value.substring(space + 1).strip();
        if (!isToken68(token)) {
            throw malformed("The Authorization header must be of the form \"Bearer <token>\".", !token.isEmpty());
        }
        return token;
    }

    /**
     * Returns the token of the {@code Authorization} header, unverified; empty unless there is exactly one such header
     * with a bearer token. For routes that use a token but do not require one.
     */
    public static Optional<String> token(List<String> authorization) {
        if (authorization.size() != 1) {
            return Optional.empty();
        }
        String value = authorization.get(0).strip();
        int space = value.indexOf(' ');
        return space > 0 && value.substring(0, space).equalsIgnoreCase(SCHEME)
                ? Optional.of(value.substring(space + 1).strip()).filter(BearerAuthenticator::isToken68)
                : Optional.empty();
    }

    /**
     * Returns the failure of a verification as an error with the {@code WWW-Authenticate} challenge that its response needs
     * (RFC 6750, section 3).
     */
    public static GatewayException challenge(Throwable failure) {
        GatewayException e = GatewayException.from(failure);
        return e.code().httpStatus() == 401 && !e.headers().containsKey(CHALLENGE)
                ? e.withHeader(CHALLENGE, invalidToken(e.getMessage()))
                : e;
    }

    private static CompletionStage<AccessToken> challenged(AccessToken token, Throwable failure) {
        return failure == null
                ? CompletableFuture.completedStage(token)
                : CompletableFuture.failedStage(challenge(failure));
    }

    private static GatewayException malformed(String message, boolean tokenGiven) {
        return GatewayException.builder(CommonError.INVALID_TOKEN_FORMAT, message)
                .header(CHALLENGE, tokenGiven ? invalidToken(message) : SCHEME)
                .build();
    }

    /** RFC 6750, section 3: the description is a quoted string of printable ASCII without {@code "} and {@code \}. */
    private static String invalidToken(String description) {
        StringBuilder s = new StringBuilder(64).append("Bearer error=\"invalid_token\", error_description=\"");
        for (int i = 0; i < description.length(); i++) {
            char c = description.charAt(i);
            s.append(c < ' ' || c > '~' || c == '"' || c == '\\' ? '\'' : c);
        }
        return s.append('"').toString();
    }

    private static boolean isToken68(String token) {
        int end = token.length();
        while (end > 0 && token.charAt(end - 1) == '=') {
            end--;
        }
        for (int i = 0; i < end; i++) {
            char c = token.charAt(i);
            if (c >= TOKEN68.length || !TOKEN68[c]) {
                return false;
            }
        }
        return end > 0;
    }

    private static boolean[] token68() {
        boolean[] allowed = new boolean[128];
        for (char c = 'A'; c <= 'Z'; c++) {
            allowed[c] = true;
            allowed[c + 'a' - 'A'] = true;
        }
        "0123456789-._~+/".chars().forEach(c -> allowed[c] = true);
        return allowed;
    }
}
