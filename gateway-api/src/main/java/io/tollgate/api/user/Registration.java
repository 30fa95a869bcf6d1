package io.tollgate.api.user;

import static java.util.Objects.requireNonNull;

/** The data of a new account. {@code toString} omits the password. */
public record Registration(String email, String username, String password) {
    public Registration {
        requireNonNull(email, "email");
        requireNonNull(username, "username");
        requireNonNull(password, "password");
    }

    @Override
    public String toString() {
        return "Registration[email=" + email + ", username=" + username + ", password=<redacted>]";
    }
}
