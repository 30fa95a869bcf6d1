/**
 * The contract, seen from outside: a real HTTP client, the real gateway, real services behind it. Nothing here knows how
 * the gateway is made.
 */
@NullMarked
package io.tollgate.runner.frontdoor;

import org.jspecify.annotations.NullMarked;
