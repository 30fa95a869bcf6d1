/**
 * A neutral HTTP vocabulary. An integration adapts its server to {@link io.tollgate.api.http.HttpRequest} and
 * {@link io.tollgate.api.http.HttpResponse} once; every {@link io.tollgate.api.http.HttpEndpoint} then runs on that server, and
 * the {@linkplain io.tollgate.api.guard.RequestGuard guard} in front of it.
 */
@NullMarked
package io.tollgate.api.http;

import org.jspecify.annotations.NullMarked;
