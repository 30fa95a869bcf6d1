package io.tollgate.examples.services.user;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tollgate.api.user.Username;
import io.tollgate.examples.services.server.Validation;
import io.tollgate.grpc.user.LoginRequest;
import io.tollgate.grpc.user.RefreshTokenRequest;
import io.tollgate.grpc.user.RegisterRequest;
import java.util.regex.Pattern;

/** What the fields of requests must be like. */
final class UserRules {
    private static final int MAX_EMAIL_CHARACTERS = 254;
    private static final int MIN_PASSWORD_CHARACTERS = 6;
    private static final int MAX_PASSWORD_BYTES = 1024;

    /** One {@code @}, and a domain of at least two labels; only a message to it can tell whether an address works. */
    private static final Pattern EMAIL =
            Pattern.compile("[^@\\s\\p{Cntrl}]+@[^@.\\s\\p{Cntrl}]+(\\.[^@.\\s\\p{Cntrl}]+)+");

    private UserRules() {}

    static void check(RegisterRequest request) {
        Validation validation = new Validation();
        email(validation, request.getEmail());
        username(validation, request.getUsername());
        password(validation, request.getPassword());
        validation.refuseIfAnyFailed();
    }

    /** A login is not told what an account's fields may be like: what cannot be one matches none. */
    static void check(LoginRequest request) {
        Validation validation = new Validation();
        validation.require(!request.getEmail().isEmpty(), "email", "REQUIRED", "must not be empty");
        validation.require(!request.getPassword().isEmpty(), "password", "REQUIRED", "must not be empty");
        validation.refuseIfAnyFailed();
    }

    static void check(RefreshTokenRequest request) {
        Validation validation = new Validation();
        validation.require(!request.getRefreshToken().isEmpty(), "refresh_token", "REQUIRED", "must not be empty");
        validation.refuseIfAnyFailed();
    }

    private static void email(Validation validation, String email) {
        if (validation.require(!email.isEmpty(), "email", "REQUIRED", "must not be empty")
                && validation.require(
                        email.length() <= MAX_EMAIL_CHARACTERS,
                        "email",
                        "TOO_LONG",
                        "must be at most " + MAX_EMAIL_CHARACTERS + " characters")) {
            validation.require(
                    EMAIL.matcher(email).matches(),
                    "email",
                    "INVALID_FORMAT",
                    "must be one email address, such as ada@example.org");
        }
    }

    private static void username(Validation validation, String username) {
        Username.violations("username", username)
                .forEach(found -> validation.require(false, found.field(), found.code(), found.message()));
    }

    private static void password(Validation validation, String password) {
        if (validation.require(
                password.codePointCount(0, password.length()) >= MIN_PASSWORD_CHARACTERS,
                "password",
                "TOO_SHORT",
                "must be at least " + MIN_PASSWORD_CHARACTERS + " characters")) {
            validation.require(
                    password.getBytes(UTF_8).length <= MAX_PASSWORD_BYTES,
                    "password",
                    "TOO_LONG",
                    "must be at most " + MAX_PASSWORD_BYTES + " bytes");
        }
    }
}
