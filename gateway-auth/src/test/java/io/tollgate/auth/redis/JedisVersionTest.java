package io.tollgate.auth.redis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import redis.clients.jedis.Connection;

/** Checks that tests which the build runs with another version of Jedis do run with that version. */
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
