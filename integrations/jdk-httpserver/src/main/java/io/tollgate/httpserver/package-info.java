/**
 * Tollgate in the JDK's server ({@code com.sun.net.httpserver}): {@link io.tollgate.httpserver.GuardFilter} limits and
 * authenticates the requests of any handler, and {@link io.tollgate.httpserver.EndpointHandler} runs an {@link
 * io.tollgate.api.http.HttpEndpoint}, such as the pages for operators.
 */
@NullMarked
package io.tollgate.httpserver;

import org.jspecify.annotations.NullMarked;
