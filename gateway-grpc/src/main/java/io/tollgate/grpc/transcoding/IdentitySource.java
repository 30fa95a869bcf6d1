package io.tollgate.grpc.transcoding;

import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.Principal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The place of a request from which the gateway fills a field. */
sealed interface IdentitySource {
    /** Claims that say something about their token, which no principal has. */
    List<String> OF_TOKENS = List.of("aud", "exp", "iat", "iss", "jti", "nbf", "roles", "token_type", "type", "use");

    /**
     * Returns the value; null if the request has none.
     *
     * @throws GatewayException if it is none that a field can have
     */
    @Nullable
    String of(Caller caller);

    /** The user of the token. */
    record UserId() implements IdentitySource {
        @Override
        public @Nullable String of(Caller caller) {
            return caller.principal().map(Principal::userId).orElse(null);
        }
    }

    /** A claim of the token. */
    record Claim(String name) implements IdentitySource {
        @Override
        public @Nullable String of(Caller caller) {
            Principal principal = caller.principal().orElse(null);
            if (principal == null) {
                return null;
            }
            if (principal.claims().get(name) != null) {
                return principal.claim(name).orElseThrow(IdentitySource::unfit); // A list or an object fits no field.
            }
            return switch (name) { // which a principal has apart from its other claims
                case "sub", "user_id" -> principal.userId();
                case "scope" -> principal.scopes().isEmpty() ? null : String.join(" ", principal.scopes());
                default -> null;
            };
        }
    }

    /** The id of the request. */
    record RequestId() implements IdentitySource {
        @Override
        public String of(Caller caller) {
            return caller.context().requestId();
        }
    }

    /** The address of the client. */
    record ClientAddress() implements IdentitySource {
        @Override
        public String of(Caller caller) {
            String address = caller.clientAddress().getHostAddress();
            int zone = address.indexOf('%');
            return zone < 0 ? address : address.substring(0, zone);
        }
    }

    /** Returns the error for a value that its field cannot have. */
    static GatewayException unfit() {
        return GatewayException.of(
                CommonError.PERMISSION_DENIED, "The access token has a claim that this request cannot use.");
    }

    /** Parses the name of a place. */
    static IdentitySource parse(String field, String text) {
        String claims = "principal.claims.";
        if (text.startsWith(claims) && text.length() > claims.length()) {
            String name = text.substring(claims.length());
            if (OF_TOKENS.contains(name)) {
                throw new IllegalArgumentException("identity." + field + ": " + text
                        + " (expected: a claim that says something about the user; a principal has none of " + OF_TOKENS
                        + ")");
            }
            return new Claim(name);
        }
        return switch (text) {
            case "principal.user_id" -> new UserId();
            case "request.id" -> new RequestId();
            case "request.client_address" -> new ClientAddress();
            default ->
                throw new IllegalArgumentException("identity." + field + ": " + text
                        + " (expected: principal.user_id, principal.claims.<name>, request.id or"
                        + " request.client_address)");
        };
    }
}
