/** Accounts, passwords and tokens: {@link io.tollgate.examples.services.user.UserServiceServer}. */
@NullMarked
package io.tollgate.examples.services.user;

import org.jspecify.annotations.NullMarked;
