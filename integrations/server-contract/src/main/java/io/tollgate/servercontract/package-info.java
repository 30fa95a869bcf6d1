/**
 * The promises of an integration with an HTTP server, as tests over sockets and with a real redis-server: a test of the
 * integration extends {@link io.tollgate.servercontract.ServerContract}, and {@link io.tollgate.servercontract.PathContract}
 * if it takes rules for routes.
 */
@NullMarked
package io.tollgate.servercontract;

import org.jspecify.annotations.NullMarked;
