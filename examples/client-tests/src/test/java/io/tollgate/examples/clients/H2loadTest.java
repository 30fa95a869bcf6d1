package io.tollgate.examples.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.testkit.TestAuthority;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many streams on few connections, by h2load, which is nghttp2's. */
class H2loadTest {
    private static final String ALL = "20000 succeeded, 0 failed, 0 errored, 0 timeout";

    @TempDir
    private Path folder;

    private static String load(Site site) throws Exception {
        return Command.output(List.of("h2load", "-n", "20000", "-c", "4", "-m", "100", "-t", "1"), site.url("/health"));
    }

    @Test
    void servesAllStreamsWithoutTls() throws Exception {
        try (Site site = new Site("SERVER_HTTP_H2C", "true", "REDIS_TOKEN_BUCKET_CAPACITY", "1000000")) {
            assertThat(load(site)).contains("Application protocol: h2c", ALL);
        }
    }

    @Test
    void servesAllStreamsWithTls() throws Exception {
        TestAuthority authority = TestAuthority.create("Test");
        try (Site site = Site.withTls(authority, folder, "REDIS_TOKEN_BUCKET_CAPACITY", "1000000")) {
            assertThat(load(site)).contains("Application protocol: h2", ALL);
        }
    }
}
