/** JWT access tokens and rotating refresh tokens. */
@NullMarked
package io.tollgate.auth;

import org.jspecify.annotations.NullMarked;
