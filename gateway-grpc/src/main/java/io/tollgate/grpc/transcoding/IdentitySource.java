package io.tollgate.grpc.transcoding;

import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.Principal;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The place of a request from which the gateway fills a field. */
sealed interface IdentitySource {
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
            Optional<Principal> principal = caller.principal();
            Object value = principal.isEmpty() ? null : principal.get().claims().get(name);
            // A list or an object fits no field.
            return value == null ? null : principal.get().claim(name).orElseThrow(IdentitySource::unfit);
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
            return new Claim(text.substring(claims.length()));
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
