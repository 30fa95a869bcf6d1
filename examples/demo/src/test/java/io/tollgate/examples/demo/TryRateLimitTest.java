package io.tollgate.examples.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** {@code scripts/try-rate-limit.sh} as a newcomer runs it. */
class TryRateLimitTest {
    private static final Path SCRIPT = Path.of("..", "..", "scripts", "try-rate-limit.sh");

    private record Run(int status, String output) {}

    @Test
    void tokensFallARequestIsRefusedAndTokensComeBack() throws Exception {
        Map<String, String> settings = Map.of(
                "SERVER_HTTP_HOST", "127.0.0.1",
                "SERVER_HTTP_PORT", "0",
                "SERVER_ADMIN_PORT", "0",
                "REDIS_TOKEN_BUCKET_CAPACITY", "20",
                "REDIS_TOKEN_BUCKET_REFILL_RATE", "1");
        try (Demo demo = Demo.start(settings)) {
            Run run = run("http://127.0.0.1:" + demo.url().getPort());

            assertThat(run.status()).as(run.output()).isZero();
            assertThat(run.output())
                    .contains("a bucket of 20 tokens, and 1.00 more a second")
                    .contains("HTTP/1.1 429")
                    .contains("Retry-After: 1")
                    .contains("X-RateLimit-Remaining: 0")
                    .contains("RATE_LIMIT_EXCEEDED");
            assertThat(numbers(run.output(), "sent +(\\d+) left"))
                    .startsWith(19)
                    .endsWith(0)
                    .hasSizeGreaterThan(2);
            assertThat(numbers(run.output(), "HTTP/1.1 200 OK, (\\d+) left"))
                    .singleElement()
                    .satisfies(left -> assertThat(left).isPositive());
        }
    }

    @Test
    void saysWhatToDoWhereNothingListens() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }

        Run run = run("http://127.0.0.1:" + port);

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.output())
                .contains("No answer from http://127.0.0.1:" + port)
                .contains("make run starts a gateway");
    }

    private static Run run(String url) throws IOException, InterruptedException {
        Process script = new ProcessBuilder("bash", SCRIPT.toString(), url)
                .redirectErrorStream(true)
                .start();
        String output = new String(script.getInputStream().readAllBytes(), UTF_8);
        assertThat(script.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Run(script.exitValue(), output);
    }

    private static List<Integer> numbers(String text, String pattern) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map(found -> Integer.valueOf(found.group(1)))
                .toList();
    }
}
