package io.tollgate.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tollgate.servlet.Container.Application;
import io.tollgate.servlet.Raw.Response;
import jakarta.servlet.DispatcherType;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The promises of the filter in a container: who waits where, and what handlers see. */
abstract class FilterContract {
    private final List<String> handled = new CopyOnWriteArrayList<>();

    abstract Container start(String contextPath, Application application) throws Exception;

    private Container start(GuardFilter filter) throws Exception {
        return start("", context -> {
            filter.register(context, "/*");
            Servlets.add(context, "/hello", (request, response) -> {
                handled.add(request.getDispatcherType() + " "
                        + Thread.currentThread().getName());
                Servlets.text(response, "Hello, " + request.getRemoteUser());
            });
        });
    }

    @Test
    void startsNothingAsynchronousIfTheDecisionIsCompleteAtOnce() throws Exception {
        try (Container server = start(GuardFilter.of(Guards.limiting(TestLimiter.immediate(), 10)))) {
            Response response = Raw.get(server, "/hello");

            assertThat(response.status()).isEqualTo(200);
            assertThat(response.header("X-RateLimit-Remaining")).contains("9");
            assertThat(handled).singleElement().asString().startsWith("REQUEST ");
        }
    }

    @Test
    void handlesARequestThatWaitedOnAThreadOfTheContainer() throws Exception {
        TestLimiter limiter = TestLimiter.later();
        try (Container server = start(GuardFilter.of(Guards.limiting(limiter, 10)))) {
            limiter.hold();
            try (Socket socket = Raw.open(server, "GET", "/hello", "")) {
                await().until(() -> limiter.held() == 1);
                limiter.release();

                Response response = Raw.read(socket);
                assertThat(response.status()).isEqualTo(200);
                assertThat(response.body()).isEqualTo("Hello, null");
                assertThat(response.header("X-RateLimit-Remaining")).contains("9");
            }
            assertThat(handled).singleElement().asString().startsWith(DispatcherType.ASYNC + " ");
            assertThat(limiter.asked()).as("charged once").hasSize(1);
        }
    }

    @Test
    void rejectsARequestThatWaited() throws Exception {
        TestLimiter limiter = TestLimiter.later();
        try (Container server = start(GuardFilter.of(Guards.limiting(limiter, 1)))) {
            assertThat(Raw.get(server, "/hello").status()).isEqualTo(200);

            Response response = Raw.get(server, "/hello");

            assertThat(response.status()).isEqualTo(429);
            assertThat(response.header("Retry-After")).contains("30");
            assertThat(response.header("Content-Type").orElseThrow()).startsWith("application/json");
            assertThat(response.header("X-RateLimit-Limit")).contains("1");
            assertThat(response.header("X-RateLimit-Remaining")).contains("0");
            assertThat(response.header("X-RateLimit-Reset")).isPresent();
            assertThat(response.header("X-RateLimit-RefillRate")).isPresent();
            assertThat(response.header("X-Request-ID")).isPresent();
            assertThat(response.body()).startsWith("{\"error\":\"RATE_LIMIT_ERROR\",\"code\":\"RATE_LIMIT_EXCEEDED\"");
            assertThat(handled).hasSize(1);
        }
    }

    @Test
    void keepsNoThreadOfTheContainerWaiting() throws Exception {
        TestLimiter limiter = TestLimiter.later();
        GuardFilter filter = GuardFilter.of(Guards.limiting(limiter, 1000));
        AtomicInteger unguarded = new AtomicInteger();
        try (Container server = start("", context -> {
            filter.register(context, "/guarded");
            Servlets.add(context, "/guarded", (request, response) -> Servlets.text(response, "guarded"));
            Servlets.add(context, "/free", (request, response) -> unguarded.incrementAndGet());
        })) {
            limiter.hold();
            List<Socket> waiting = new ArrayList<>();
            for (int i = 0; i < 3 * Container.THREADS; i++) {
                waiting.add(Raw.open(server, "GET", "/guarded", ""));
            }
            await().until(() -> limiter.held() == waiting.size());

            assertThat(Raw.get(server, "/free").status()).isEqualTo(200);
            limiter.release();
            for (Socket socket : waiting) {
                assertThat(Raw.read(socket).body()).isEqualTo("guarded");
                socket.close();
            }
            assertThat(unguarded).hasValue(1);
        }
    }
}
