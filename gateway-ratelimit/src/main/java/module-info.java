/** Token-bucket rate limiters and ready-made policies. */
module io.tollgate.ratelimit {
    requires transitive io.tollgate.api;
    requires static transitive org.jspecify;
    requires org.slf4j;
    requires redis.clients.jedis;

    exports io.tollgate.ratelimit;
    exports io.tollgate.ratelimit.config;

    uses io.tollgate.ratelimit.config.RateLimitPolicyFactory;
}
