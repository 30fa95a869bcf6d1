/** A filter for servlet containers that authenticates and limits requests. */
module io.tollgate.servlet {
    requires transitive io.tollgate.api;
    requires transitive jakarta.servlet;
    requires static transitive org.jspecify;

    exports io.tollgate.servlet;
}
