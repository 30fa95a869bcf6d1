package io.tollgate.undertow;

import io.tollgate.api.http.AddressRange;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a listener.
 *
 * @param name of its threads
 * @param port 0 takes any free port
 * @param ioThreads each serves its share of the connections
 * @param security of the transport; null for none
 * @param h2c whether HTTP/2 is spoken without TLS
 * @param maxStreams of a connection in HTTP/2, at the same time
 * @param idleTimeout of a connection without a request
 * @param drainTimeout of in-flight requests when the listener is closed
 * @param drainIdleTimeout of connections without a request then
 */
record ServerSettings(
        String name,
        String host,
        int port,
        int ioThreads,
        @Nullable Security security,
        boolean h2c,
        int maxStreams,
        Occupants occupants,
        Heads heads,
        Limits limits,
        Duration idleTimeout,
        Duration drainTimeout,
        Duration drainIdleTimeout) {
    /** Returns the value of {@code Strict-Transport-Security} for responses on a connection; null for none. */
    @Nullable
    String strictTransport(boolean secure) {
        return secure && security != null ? security.strict() : null;
    }

    /**
     * The security of the transport.
     *
     * @param context makes the engines, with all their settings but the protocols of HTTP
     * @param http2 whether HTTP/2 is offered
     * @param strict the value of {@code Strict-Transport-Security}; null for none
     */
    record Security(
            SSLContext context, boolean http2, @Nullable String strict) {}

    /**
     * The limits of what all connections together hold.
     *
     * @param exempt addresses that may have more connections than {@code maxPerAddress}
     * @param maxBufferedBytes of heads and bodies
     */
    record Occupants(int maxConnections, int maxPerAddress, List<AddressRange> exempt, long maxBufferedBytes) {
        private static final int IPV6_PREFIX = 8;

        /** Returns for whom a connection counts: an IPv4 address, or the /64 of an IPv6 address; null for nobody. */
        @Nullable
        Object source(InetAddress peer) {
            for (AddressRange range : exempt) {
                if (range.contains(peer)) {
                    return null;
                }
            }
            return peer instanceof Inet6Address ? ByteBuffer.wrap(peer.getAddress(), 0, IPV6_PREFIX) : peer;
        }

        /** Returns the number of connections beyond the maximum that may get a response which says so. */
        int maxRejected() {
            return Math.min(64, maxConnections / 4 + 1);
        }
    }

    /**
     * The limits of the head of a request.
     *
     * @param maxSize in bytes
     * @param timeout of its arrival
     */
    record Heads(int maxSize, int maxHeaders, int maxParameters, Duration timeout) {
        /** Returns the number of headers and parameters together. */
        int maxParts() {
            return maxHeaders + maxParameters;
        }
    }

    /**
     * The limits of the rest of an exchange.
     *
     * @param maxBodySize of the request, in bytes
     * @param readTimeout of the arrival of the request's body
     * @param writeTimeout of the client taking a response, or one buffer of a response that is a stream
     * @param sendBufferSize of each socket, in bytes; 0 leaves it to the system
     */
    record Limits(long maxBodySize, Duration readTimeout, Duration writeTimeout, int sendBufferSize) {}
}
