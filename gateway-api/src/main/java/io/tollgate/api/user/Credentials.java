package io.tollgate.api.user;

import static java.util.Objects.requireNonNull;

/** The credentials of a login. {@code toString} omits the password. */
public record Credentials(String email, String password) {
    public Credentials {
        requireNonNull(email, "email");
        requireNonNull(password, "password");
    }

    @Override
    public String toString() {
        return "Credentials[email=" + email + ", password=<redacted>]";
    }
}
