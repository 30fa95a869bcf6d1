package io.tollgate.tls;

/** A version of TLS. Older ones are not offered: RFC 8996 deprecates them. */
public enum TlsVersion {
    /** TLS 1.2 (RFC 5246). */
    TLS_1_2("TLSv1.2"),
    /** TLS 1.3 (RFC 8446). */
    TLS_1_3("TLSv1.3");

    private final String protocol;

    TlsVersion(String protocol) {
        this.protocol = protocol;
    }

    /** Returns the name of the version in the JDK: {@code TLSv1.2} or {@code TLSv1.3}. */
    public String protocol() {
        return protocol;
    }

    /** Returns the names in the JDK of this version and of all that are newer, the newest first. */
    String[] andNewer() {
        return this == TLS_1_3 ? new String[] {TLS_1_3.protocol} : new String[] {TLS_1_3.protocol, TLS_1_2.protocol};
    }
}
