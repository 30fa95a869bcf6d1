/**
 * Parts for tests of services that verify or issue tokens: {@link io.tollgate.auth.testkit.TestKeys} and {@link
 * io.tollgate.auth.testkit.TestToken}; {@link io.tollgate.auth.testkit.HostileTokens}, which a verifier must reject; {@link
 * io.tollgate.auth.testkit.JwksServer}, an issuer's keys over HTTP; and contract tests for implementations of your own: {@link
 * io.tollgate.auth.testkit.TokenServiceContract}, {@link io.tollgate.auth.testkit.RefreshTokenStoreContract} and {@link
 * io.tollgate.auth.testkit.RevokedTokensContract}.
 *
 * <p>The contracts need JUnit Jupiter 5.12 or later, 6 included, which a project has already: this module does not bring it.
 */
@NullMarked
package io.tollgate.auth.testkit;

import org.jspecify.annotations.NullMarked;
