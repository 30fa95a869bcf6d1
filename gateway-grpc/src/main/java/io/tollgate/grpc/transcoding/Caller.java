package io.tollgate.grpc.transcoding;

import io.tollgate.api.CallContext;
import io.tollgate.api.Principal;
import java.net.InetAddress;
import java.util.Optional;

/**
 * The other side of a request, as the server knows it.
 *
 * @param principal the user of the valid token
 * @param clientAddress of the peer, or the one that trusted proxies name
 */
record Caller(Optional<Principal> principal, InetAddress clientAddress, CallContext context) {}
