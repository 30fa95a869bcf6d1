package io.tollgate.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedisUriTest {
    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "redis://localhost,                          false, -,     -,          localhost,   6379, 0",
                "redis://localhost/,                         false, -,     -,          localhost,   6379, 0",
                "REDIS://my_redis:7000/15,                   false, -,     -,          my_redis,    7000, 15",
                "rediss://cache.example.com:6380,            true,  -,     -,          cache.example.com, 6380, 0",
                "redis://:secret@10.0.0.1,                   false, -,     secret,     10.0.0.1,    6379, 0",
                "redis://gate:secret@h:1/2,                  false, gate,  secret,     h,           1,    2",
                "redis://g%3Ate:%2F%3F%23%40%25%3A@h,        false, g:te,  /?#@%:,     h,           6379, 0",
                "redis://:a:b+c@h,                           false, -,     a:b+c,      h,           6379, 0",
                "redis://:%C3%A9\u00e9@h,                    false, -,     \u00e9\u00e9, h,         6379, 0",
                "redis://[::1],                              false, -,     -,          ::1,         6379, 0",
                "rediss://u:p@[2001:db8::7]:6390/1,          true,  u,     p,          2001:db8::7, 6390, 1",
                "redis://[::ffff:10.0.0.1]:6379,             false, -,     -,          ::ffff:10.0.0.1, 6379, 0"
            })
    void readsEveryPart(String uri, boolean tls, String user, String password, String host, int port, int database) {
        assertThat(RedisUri.parse(uri)).isEqualTo(new RedisUri(tls, user, password, host, port, database));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "http://s3cret@h            | wrong scheme (expected: redis:// or rediss://)",
                "s3cret                     | wrong scheme (expected: redis:// or rediss://)",
                "redis:/s3cret              | wrong scheme (expected: redis:// or rediss://)",
                "redis-sentinel://:s3cret@h | wrong scheme (expected: redis:// or rediss://)",
                "redis://:pa/s3cret@h       | wrong user and password (expected: the characters / ? # @ and % percent-encoded)",
                "redis://:pa?s3cret@h       | wrong user and password (expected: the characters / ? # @ and % percent-encoded)",
                "redis://:pa#s3cret@h       | wrong user and password (expected: the characters / ? # @ and % percent-encoded)",
                "redis://:pa@s3cret@h       | wrong user and password (expected: the characters / ? # @ and % percent-encoded)",
                "redis://:s3cret%4@h        | wrong user and password (expected: two hexadecimal digits after every %)",
                "redis://:s3cret%zz@h       | wrong user and password (expected: two hexadecimal digits after every %)",
                "redis://:s3cret%ff@h       | wrong user and password (expected: percent-encoded UTF-8)",
                "redis://s3cret@h           | wrong password (expected: user:password@ or :password@)",
                "redis://s3cret:@h          | wrong password (expected: user:password@ or :password@)",
                "redis://user:s3cret        | wrong port (expected: a number from 1 to 65535)",
                "redis://:s3cret@h:         | wrong port (expected: a number from 1 to 65535)",
                "redis://:s3cret@h:0        | wrong port (expected: a number from 1 to 65535)",
                "redis://:s3cret@h:+6379    | wrong port (expected: a number from 1 to 65535)",
                "redis://:s3cret@h:65536    | wrong port (expected: a number from 1 to 65535)",
                "redis://:s3cret@           | wrong host (expected: a name, an IPv4 address, or an IPv6 address in brackets)",
                "redis://:s3cret@::1        | wrong host (expected: a name, an IPv4 address, or an IPv6 address in brackets)",
                "redis://:s3cret@[h]:1      | wrong host (expected: a name, an IPv4 address, or an IPv6 address in brackets)",
                "redis://:s3cret@h i        | wrong host (expected: a name, an IPv4 address, or an IPv6 address in brackets)",
                "redis://:s3cret@a:1,b:2    | wrong host (expected: one; sentinel(...) and cluster(...) of the builder take several)",
                "redis://h/s3cret           | wrong database (expected: a number from 0 to 2147483647)",
                "redis://h/-1               | wrong database (expected: a number from 0 to 2147483647)",
                "redis://h/1/2              | wrong database (expected: a number from 0 to 2147483647)",
                "redis://h?password=s3cret  | wrong query or fragment (expected: none)",
                "redis://h/0?a=s3cret       | wrong query or fragment (expected: none)",
                "redis://h#s3cret           | wrong query or fragment (expected: none)"
            })
    void namesTheWrongPartAndNotThePassword(String uri, String message) {
        assertThatThrownBy(() -> RedisRateLimiter.builder().uri(uri))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("uri: " + message)
                .satisfies(e -> assertThat(
                                e.getCause() == null || !e.getCause().toString().contains("s3cret"))
                        .isTrue());
    }

    @Test
    void hidesUserAndPassword() {
        assertThat(RedisUri.parse("rediss://gate:s3cret@h:1/2")).hasToString("rediss://h:1/2");
    }
}
