/** Token-bucket rate limiters and ready-made policies. */
module io.tollgate.ratelimit {
    requires transitive io.tollgate.api;
    requires static transitive org.jspecify;

    exports io.tollgate.ratelimit;
}
