/** Certificates and keys from PEM files for any server or client, replaced while it runs when the files change. */
module io.tollgate.tls {
    requires static transitive org.jspecify;
    requires org.slf4j;

    exports io.tollgate.tls;
}
