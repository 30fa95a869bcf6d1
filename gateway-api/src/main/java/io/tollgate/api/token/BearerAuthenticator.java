package io.tollgate.api.token;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.CommonError;
import io.tollgate.api.ErrorCode;
import io.tollgate.api.GatewayException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Verifies the token in the {@code Authorization} header of a request, for any server (RFC 6750, section 2.1).
 *
 * <p>Every failure with a 401 code carries its {@code WWW-Authenticate} challenge (RFC 6750, section 3) in {@link
 * GatewayException#headers()}. Thread-safe.
 */
public final class BearerAuthenticator {
    private static final String CHALLENGE = "WWW-Authenticate";
    private static final String SCHEME = "Bearer";

    private final TokenVerifier verifier;

    /** Creates an authenticator for the tokens that {@code verifier} accepts. */
    public BearerAuthenticator(TokenVerifier verifier) {
        this.verifier = requireNonNull(verifier, "verifier");
    }

    /**
     * Authenticates a request by its {@code Authorization} header.
     *
     * @param authorization the values of all {@code Authorization} header lines of the request, in order; empty if
     *     there is none
     * @return the verified token, completed as {@link TokenVerifier#verify} says; fails with a {@link GatewayException}
     *     of code {@code MISSING_TOKEN}, {@code INVALID_TOKEN_FORMAT}, {@code INVALID_TOKEN} or {@code TOKEN_EXPIRED}
     */
    public CompletionStage<AccessToken> authenticate(List<String> authorization) {
        if (authorization.isEmpty()) {
            return CompletableFuture.failedStage(rejected(
                    CommonError.MISSING_TOKEN, "An access token is required: send \"Authorization: Bearer <token>\"."));
        }
        if (authorization.size() > 1) {
            return malformed("There must be exactly one Authorization header.", true);
        }
        String value = authorization.get(0).strip();
        int space = value.indexOf(' ');
        String scheme = space < 0 ? value : value.substring(0, space);
        if (!scheme.equalsIgnoreCase(SCHEME)) {
            return malformed("The Authorization header must be of the form \"Bearer <token>\".", false);
        }
        String token = space < 0 ? "" : value.substring(space + 1).strip();
        if (!isToken68(token)) {
            return malformed("The Authorization header must be of the form \"Bearer <token>\".", !token.isEmpty());
        }
        CompletableFuture<AccessToken> verified = verifier.verify(token).toCompletableFuture();
        return verified.isDone() && !verified.isCompletedExceptionally()
                ? verified.minimalCompletionStage()
                : verified.handle(BearerAuthenticator::challenge).thenCompose(stage -> stage);
    }

    /**
     * Returns the token of the only {@code Authorization} header, unverified; empty if there is none, or another
     * scheme. For a guard that looks a token up before it is verified, and for routes where a token is optional.
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

    private static CompletionStage<AccessToken> challenge(AccessToken token, Throwable failure) {
        if (failure == null) {
            return CompletableFuture.completedStage(token);
        }
        GatewayException e = GatewayException.from(failure);
        return CompletableFuture.failedStage(
                e.code().httpStatus() == 401 ? e.withHeader(CHALLENGE, invalidToken(e.getMessage())) : e);
    }

    private static CompletionStage<AccessToken> malformed(String message, boolean tokenGiven) {
        GatewayException e = GatewayException.of(CommonError.INVALID_TOKEN_FORMAT, message);
        return CompletableFuture.failedStage(e.withHeader(CHALLENGE, tokenGiven ? invalidToken(message) : SCHEME));
    }

    private static GatewayException rejected(ErrorCode code, String message) {
        return GatewayException.builder(code, message).header(CHALLENGE, SCHEME).build();
    }

    /**
     * Returns a challenge. The description is a quoted string of printable ASCII without {@code "} and {@code \} (RFC
     * 6750, section 3).
     */
    private static String invalidToken(String description) {
        StringBuilder s = new StringBuilder(64).append("Bearer error=\"invalid_token\", error_description=\"");
        for (int i = 0; i < description.length(); i++) {
            char c = description.charAt(i);
            s.append(c < ' ' || c > '~' || c == '"' || c == '\\' ? '\'' : c);
        }
        return s.append('"').toString();
    }

    /** Returns whether the text may follow the scheme (RFC 9110, section 11.2). */
    private static boolean isToken68(String token) {
        int end = token.length();
        while (end > 0 && token.charAt(end - 1) == '=') {
            end--;
        }
        for (int i = 0; i < end; i++) {
            char c = token.charAt(i);
            boolean allowed = (c >= 'A' && c <= 'Z')
                    || (c >= 'a' && c <= 'z')
                    || (c >= '0' && c <= '9')
                    || "-._~+/".indexOf(c) >= 0;
            if (!allowed) {
                return false;
            }
        }
        return end > 0;
    }
}
