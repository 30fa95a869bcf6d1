/**
 * An HTTP/1.1 server for the endpoints of {@link io.tollgate.api.http}, on Undertow. Start with
 * {@link io.tollgate.undertow.UndertowServer}.
 */
@NullMarked
package io.tollgate.undertow;

import org.jspecify.annotations.NullMarked;
