/**
 * Certificates and private keys from PEM files. {@link io.tollgate.tls.TlsFiles} watches the files, and gives servers and clients
 * key managers, trust managers and {@code SSLContext}s that use what the files hold when a connection is made.
 */
@NullMarked
package io.tollgate.tls;

import org.jspecify.annotations.NullMarked;
