/** Rate limits, tokens, and the endpoints of {@code io.tollgate.api} in the JDK's server. */
module io.tollgate.httpserver {
    requires transitive io.tollgate.api;
    requires transitive jdk.httpserver;
    requires static transitive org.jspecify;

    exports io.tollgate.httpserver;
}
