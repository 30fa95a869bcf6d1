/** Tokens, keys and guessers, as the configuration has them. */
@NullMarked
package io.tollgate.runner.auth;

import org.jspecify.annotations.NullMarked;
