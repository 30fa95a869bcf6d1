package io.tollgate.tls;

/** The certificate that a server asks of its clients. */
public enum ClientAuth {
    /** No certificate is asked for. */
    NONE,
    /** A client without a certificate is served; one with a certificate that is not trusted is rejected. */
    OPTIONAL,
    /** Only clients with a certificate that is trusted are served. */
    REQUIRED
}
