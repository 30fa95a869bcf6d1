package io.tollgate.auth.keys;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import com.sun.net.httpserver.HttpServer;
import io.tollgate.auth.CapturedLog;
import io.tollgate.auth.testkit.TestKeys;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.slf4j.LoggerFactory;

/** The lines that RemoteKeys logs, and what happens if they cannot be logged. Where one appender throws, others see no line. */
@ResourceLock("log of RemoteKeys")
class RemoteKeysLogTest {
    private final AtomicInteger fetches = new AtomicInteger();
    private volatile int status = 500;
    private volatile String body = "";
    private HttpServer server;

    @BeforeEach
    void startServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            try (exchange) {
                fetches.incrementAndGet();
                byte[] bytes = body.getBytes(UTF_8);
                exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
                exchange.getResponseBody().write(bytes);
            }
        });
        server.start();
    }

    @AfterEach
    void stopServer() {
        server.stop(0);
    }

    @Test
    void fetchesOnThoughItsFailuresCannotBeLogged() {
        try (FailingLog log = new FailingLog();
                RemoteKeys keys = keys("")) {
            await().until(() -> fetches.get() > 3);

            assertThat(log.lines).hasPositiveValue();
            body = KeySet.of(TestKeys.of(SignatureAlgorithm.ES256)).toPublicJwks();
            status = 200;
            await().until(() -> keys.age().isPresent());
        }
    }

    @Test
    void takesAnEmptySetThoughThatCannotBeLogged() {
        status = 200;
        body = "{\"keys\":[]}";
        try (FailingLog log = new FailingLog();
                RemoteKeys keys = keys("")) {
            await().until(() -> keys.age().isPresent());
            await().until(() -> log.lines.get() > 0);
        }
    }

    @Test
    void logsNoPartOfTheQuery() {
        try (CapturedLog log = new CapturedLog(RemoteKeys.class);
                RemoteKeys keys = keys("?ids=1,2&token=hunter2")) {
            await().until(() -> log.lines().stream().anyMatch(line -> line.contains("published keys not available")));

            assertThat(log.lines()).noneMatch(line -> line.contains("hunter2"));
            assertThat(keys.toString()).endsWith("/jwks?<redacted>]");
        }
    }

    private RemoteKeys keys(String query) {
        return RemoteKeys.builder()
                .uri(URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/jwks" + query))
                .retryInterval(Duration.ofMillis(100))
                .build();
    }

    /** Throws an error at each line. */
    private static final class FailingLog extends AppenderBase<ILoggingEvent> implements AutoCloseable {
        private final Logger logger = (Logger) LoggerFactory.getLogger(RemoteKeys.class);
        private final AtomicInteger lines = new AtomicInteger();

        FailingLog() {
            start();
            logger.addAppender(this);
        }

        @Override
        protected void append(ILoggingEvent event) {
            lines.incrementAndGet();
            throw new StackOverflowError("of this test");
        }

        @Override
        public void close() {
            logger.detachAppender(this);
        }
    }
}
