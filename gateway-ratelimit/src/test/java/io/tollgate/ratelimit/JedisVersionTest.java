package io.tollgate.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import redis.clients.jedis.Connection;

/** Where the build runs tests on another version of Jedis, it is that version. */
@EnabledIfSystemProperty(named = "tollgate.jedis.version", matches = ".+")
class JedisVersionTest {
    @Test
    void isTheOneThatTheBuildNames() {
        assertThat(Connection.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .getPath())
                .endsWith("/jedis-" + System.getProperty("tollgate.jedis.version") + ".jar");
    }
}
