/** An HTTP server for the endpoints of {@code io.tollgate.api}, on Undertow. */
module io.tollgate.undertow {
    requires transitive io.tollgate.api;
    requires static transitive org.jspecify;
    requires java.management;
    requires java.logging; // XNIO names its types.
    requires jdk.management;
    requires org.slf4j;
    requires undertow.core;
    requires xnio.api;

    exports io.tollgate.undertow;
}
