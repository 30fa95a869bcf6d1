/** Accounts and sessions, as the user service behind the gateway has them: {@link io.tollgate.api.user.UserGateway}. */
@NullMarked
package io.tollgate.api.user;

import org.jspecify.annotations.NullMarked;
