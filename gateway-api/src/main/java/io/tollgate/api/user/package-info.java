/** Accounts and sessions of the user service, which {@link io.tollgate.api.user.UserGateway} calls. */
@NullMarked
package io.tollgate.api.user;

import org.jspecify.annotations.NullMarked;
