package io.tollgate.grpc.transcoding;

import io.tollgate.api.token.AccessRule;
import java.util.List;

/** The token that requests of a method need. */
public enum Auth {
    /** A valid token. */
    REQUIRED,
    /** None, but one that is sent must be valid. */
    OPTIONAL,
    /** None; one that is sent is ignored. */
    NONE;

    /** Returns the rule for a method with these scopes, which only {@link #REQUIRED} has. */
    AccessRule rule(List<String> scopes) {
        return switch (this) {
            case REQUIRED -> scopes.isEmpty() ? AccessRule.token() : AccessRule.scopes(scopes);
            case OPTIONAL -> AccessRule.optionalToken();
            case NONE -> AccessRule.open();
        };
    }
}
