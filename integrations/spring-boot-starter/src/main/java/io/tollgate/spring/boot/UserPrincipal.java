package io.tollgate.spring.boot;

import io.tollgate.api.Principal;

/** The user of a token, as Spring knows users. */
record UserPrincipal(Principal user) implements java.security.Principal {
    @Override
    public String getName() {
        return user.userId();
    }
}
