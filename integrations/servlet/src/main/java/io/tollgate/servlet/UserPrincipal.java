package io.tollgate.servlet;

import io.tollgate.api.Principal;

/** The user of a token, as servlets know users. */
record UserPrincipal(Principal user) implements java.security.Principal {
    @Override
    public String getName() {
        return user.userId();
    }
}
