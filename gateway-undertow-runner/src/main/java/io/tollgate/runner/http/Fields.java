package io.tollgate.runner.http;

import io.tollgate.api.CommonError;
import io.tollgate.api.ErrorCode;
import io.tollgate.api.FieldViolation;
import io.tollgate.api.GatewayException;
import io.tollgate.api.user.EmailAddress;
import io.tollgate.api.user.Username;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The properties of a body, taken one by one and checked as the contract says. All that is wrong is collected and
 * reported at once, by {@link #check}.
 */
final class Fields {
    static final int MAX_REFRESH_TOKEN = 8192;

    private final Map<String, Object> properties;
    private final List<FieldViolation> violations = new ArrayList<>(0);

    Fields(Map<String, Object> properties) {
        this.properties = properties;
    }

    /** One address of at most 254 characters with one {@code @} and a dotted domain. */
    String email(String name) {
        String value = string(name);
        if (!value.isEmpty() && !EmailAddress.isValid(value)) {
            violation(name, "INVALID_EMAIL", "must be one email address of at most 254 characters");
        }
        return value;
    }

    /** A name as {@link Username} checks it. */
    String username(String name) {
        String value = string(name);
        if (!value.isEmpty()) {
            violations.addAll(Username.violations(name, value));
        }
        return value;
    }

    /** 6 characters to 1,024 bytes. */
    String password(String name) {
        String value = string(name);
        if (!value.isEmpty()) {
            if (value.codePointCount(0, value.length()) < 6) {
                violation(name, "TOO_SHORT", "must have at least 6 characters");
            } else if (value.length() > 1024 || value.getBytes(StandardCharsets.UTF_8).length > 1024) {
                violation(name, "TOO_LONG", "must have at most 1024 bytes");
            }
        }
        return value;
    }

    /** Opaque, not empty. */
    String refreshToken(String name) {
        String value = string(name);
        if (value.length() > MAX_REFRESH_TOKEN) {
            violation(name, "TOO_LONG", "must have at most " + MAX_REFRESH_TOKEN + " characters");
        }
        return value;
    }

    /** Fails with {@code INVALID_REQUEST} if anything that was taken is wrong. */
    void check() {
        if (!violations.isEmpty()) {
            throw invalid(CommonError.INVALID_REQUEST, "Some fields are not valid.", violations);
        }
    }

    static GatewayException invalid(ErrorCode code, String message, List<FieldViolation> violations) {
        return GatewayException.builder(code, message).violations(violations).build();
    }

    private String string(String name) {
        Object value = properties.get(name);
        if (value instanceof String text && !text.isEmpty()) {
            return text;
        }
        if (value == null || value instanceof String) {
            violation(name, "REQUIRED", "is required");
        } else {
            violation(name, "WRONG_TYPE", "must be a string");
        }
        return "";
    }

    private void violation(String field, String code, String message) {
        violations.add(new FieldViolation(field, code, message));
    }
}
