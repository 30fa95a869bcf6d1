/** The interfaces, values and errors of Tollgate, and the request guard. Needs only the JDK; all other modules need it. */
module io.tollgate.api {
    requires static transitive org.jspecify;

    exports io.tollgate.api;
    exports io.tollgate.api.guard;
    exports io.tollgate.api.http;
    exports io.tollgate.api.order;
    exports io.tollgate.api.ratelimit;
    exports io.tollgate.api.token;
    exports io.tollgate.api.user;
}
