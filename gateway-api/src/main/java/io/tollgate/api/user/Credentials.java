package io.tollgate.api.user;

import static java.util.Objects.requireNonNull;

/** What a user logs in with. Its {@code toString} leaves the password out. */
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
