/**
 * Parts for tests of services that use Tollgate: {@link io.tollgate.testkit.VirtualTime}, clocks that a test advances; {@link
 * io.tollgate.testkit.TestRequest} and {@link io.tollgate.testkit.TestRateLimitContext}, requests without a server; {@link
 * io.tollgate.testkit.ScriptedRateLimiter}, {@link io.tollgate.testkit.FakeUserGateway} and {@link
 * io.tollgate.testkit.FakeOrderGateway}, which do what a test demands; {@link io.tollgate.testkit.TestAuthority}, certificates for TLS; and contract tests for implementations of your own:
 * {@link io.tollgate.testkit.RateLimiterContract}, {@link io.tollgate.testkit.UserGatewayContract} and {@link
 * io.tollgate.testkit.OrderGatewayContract}.
 *
 * <p>The contracts need JUnit Jupiter 5.12 or later, 6 included, which a project has already: this module does not bring it.
 * All else needs only {@code gateway-api}.
 */
@NullMarked
package io.tollgate.testkit;

import org.jspecify.annotations.NullMarked;
