package io.tollgate.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tollgate.api.Principal;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import java.net.Socket;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A request is judged once, whatever dispatches it takes, and never passes because of how the filter is mapped. */
abstract class DispatchPromises extends EndPromises {
    private static final EnumSet<DispatcherType> ALL = EnumSet.allOf(DispatcherType.class);

    private final List<String> handled = new CopyOnWriteArrayList<>();

    private void addServlet(ServletContext context, String pattern) {
        Servlets.add(
                context,
                pattern,
                (request, response) -> handled.add(request.getDispatcherType() + " "
                        + GuardFilter.principal(request).map(Principal::userId).orElse("-")));
    }

    /** Adds a filter as an application does by hand. */
    private static void add(
            ServletContext context, GuardFilter filter, EnumSet<DispatcherType> types, String... patterns) {
        FilterRegistration.Dynamic registration = context.addFilter("guard", filter);
        registration.setAsyncSupported(true);
        registration.addMappingForUrlPatterns(types, true, patterns);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void chargesARequestOnceWhateverItsDispatches(boolean later) throws Exception {
        TestLimiter limiter = TestLimiter.of(later);
        try (Container server = start("", context -> {
            add(context, GuardFilter.of(Guards.authenticating(limiter, 10)), ALL, "/*");
            Servlets.add(context, "/start", (request, response) -> {
                if (request.getDispatcherType() != DispatcherType.ASYNC || request.getAttribute("begun") == null) {
                    request.setAttribute("begun", true);
                    request.getRequestDispatcher("/included").include(request, response);
                    request.startAsync().dispatch("/next");
                }
            });
            Servlets.add(
                    context,
                    "/next",
                    (request, response) -> request.getRequestDispatcher("/last").forward(request, response));
            addServlet(context, "/included");
            addServlet(context, "/last");
        })) {
            assertThat(Raw.get(server, "/start", "Authorization: Bearer ann").status())
                    .isEqualTo(200);
            assertThat(Raw.get(server, "/start").status()).isEqualTo(401);
        }
        assertThat(handled).containsExactly("INCLUDE ann", "FORWARD ann");
        assertThat(limiter.asked()).containsExactly("default user:ann", "default ip:127.0.0.1");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void judgesARequestThatIsForwardedOrDispatchedBeforeTheFilter(boolean later) throws Exception {
        for (boolean forward : new boolean[] {false, true}) {
            TestLimiter limiter = TestLimiter.of(later);
            try (Container server = start("", context -> {
                Servlets.addFilter(context, "/old", DispatcherType.REQUEST, (request, response, chain) -> {
                    if (forward) {
                        request.getRequestDispatcher("/new").forward(request, response);
                    } else {
                        request.startAsync().dispatch("/new");
                    }
                });
                add(context, GuardFilter.of(Guards.authenticating(limiter, 10)), ALL, "/*");
                addServlet(context, "/old");
                addServlet(context, "/new");
            })) {
                assertThat(Raw.get(server, "/old").status()).isEqualTo(401);
                assertThat(handled).isEmpty();
                assertThat(Raw.get(server, "/old", "Authorization: Bearer ann").status())
                        .isEqualTo(200);
                assertThat(handled).containsExactly((forward ? "FORWARD" : "ASYNC") + " ann");
                handled.clear();
            }
            assertThat(limiter.asked()).hasSize(2);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRejectedRequestStaysRejectedWhateverAFilterInFrontDispatches(boolean later) throws Exception {
        TestLimiter limiter = TestLimiter.of(later);
        try (Container server = start("", context -> {
            Servlets.addFilter(context, "/again", DispatcherType.REQUEST, (request, response, chain) -> {
                chain.doFilter(request, response);
                if (!request.isAsyncStarted()) {
                    request.startAsync().dispatch();
                }
            });
            Servlets.addFilter(context, "/forward", DispatcherType.REQUEST, (request, response, chain) -> {
                chain.doFilter(request, response);
                request.getRequestDispatcher("/hello").forward(request, response);
            });
            GuardFilter filter = GuardFilter.builder(Guards.authenticating(limiter, 10))
                    .blocking(true)
                    .build();
            add(context, filter, ALL, "/*");
            addServlet(context, "/again");
            addServlet(context, "/forward");
            addServlet(context, "/hello");
        })) {
            assertThat(Raw.get(server, "/again").status()).isEqualTo(401);
            assertThat(Raw.get(server, "/forward").status())
                    .as("the response, or the error of a container that lets nobody forward after a whole response")
                    .isIn(401, 500);
            assertThat(handled).isEmpty();
        }
        assertThat(limiter.asked()).hasSize(2);
    }

    @Test
    void errorPagesPass() throws Exception {
        TestLimiter limiter = TestLimiter.immediate();
        try (Container server = start("", context -> {
            Servlets.addFilter(
                    context,
                    "/tea",
                    DispatcherType.REQUEST,
                    (request, response, chain) -> response.sendError(Container.TEAPOT));
            add(context, GuardFilter.of(Guards.authenticating(limiter, 10)), ALL, "/*");
            Servlets.add(context, "/coffee", (request, response) -> response.sendError(Container.TEAPOT));
            addServlet(context, "/tea");
            addServlet(context, "/teapot");
        })) {
            assertThat(Raw.get(server, "/tea").status()).as("before the guard").isEqualTo(Container.TEAPOT);
            assertThat(Raw.get(server, "/coffee", "Authorization: Bearer ann").status())
                    .as("after it")
                    .isEqualTo(Container.TEAPOT);
        }
        assertThat(handled).containsExactly("ERROR -", "ERROR ann");
        assertThat(limiter.asked()).containsExactly("default user:ann");
    }

    @Test
    void aFilterThatIsNotMappedToAsyncWaitsOnTheThread() throws Exception {
        TestLimiter limiter = TestLimiter.later();
        try (Container server = start("", context -> {
            add(context, GuardFilter.of(Guards.authenticating(limiter, 3)), EnumSet.of(DispatcherType.REQUEST), "/*");
            addServlet(context, "/hello");
        })) {
            for (int i = 0; i < 3; i++) {
                assertThat(Raw.getLate(server, limiter, "/hello", "Authorization: Bearer ann")
                                .header("X-RateLimit-Remaining"))
                        .contains("" + (2 - i));
                assertThat(Raw.getLate(server, limiter, "/hello").status()).isIn(401, 429);
            }
            assertThat(Raw.getLate(server, limiter, "/hello", "Authorization: Bearer ann")
                            .status())
                    .isEqualTo(429);
            assertThat(handled)
                    .as("the first shows that nothing follows")
                    .containsExactly("ASYNC ann", "REQUEST ann", "REQUEST ann");
        }
    }

    @Test
    void aFilterThatIsMappedToAsyncByHandKeepsNoThreadOnceItKnows() throws Exception {
        TestLimiter limiter = TestLimiter.later();
        try (Container server = start("", context -> {
            add(
                    context,
                    GuardFilter.of(Guards.authenticating(limiter, 1_000)),
                    EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC),
                    "/guarded");
            addServlet(context, "/guarded");
            Servlets.add(context, "/free", (request, response) -> response.setStatus(204));
        })) {
            assertThat(Raw.getLate(server, limiter, "/guarded").status())
                    .as("tells nothing")
                    .isEqualTo(401);
            assertThat(Raw.getLate(server, limiter, "/guarded", "Authorization: Bearer ann")
                            .status())
                    .isEqualTo(200);

            limiter.hold();
            List<Socket> waiting = new ArrayList<>();
            for (int i = 0; i < 2 * Container.THREADS; i++) {
                waiting.add(Raw.open(
                        server, "GET", "/guarded", "", i % 2 == 0 ? "Authorization: Bearer ann" : "X-Nobody: 1"));
            }
            await().until(() -> limiter.held() == waiting.size());
            assertThat(Raw.get(server, "/free").status()).isEqualTo(204);
            limiter.release();
            for (int i = 0; i < waiting.size(); i++) {
                assertThat(Raw.read(waiting.get(i)).status()).isEqualTo(i % 2 == 0 ? 200 : 401);
                waiting.get(i).close();
            }
            assertThat(handled).hasSize(1 + Container.THREADS).containsOnly("ASYNC ann");
        }
    }

    @Test
    void aFilterWithSeveralMappingsWaitsOnTheThread() throws Exception {
        TestLimiter limiter = TestLimiter.later();
        try (Container server = start("", context -> {
            GuardFilter filter = GuardFilter.of(Guards.authenticating(limiter, 10));
            add(context, filter, EnumSet.of(DispatcherType.REQUEST), "/one");
            FilterRegistration registration = context.getFilterRegistration("guard");
            registration.addMappingForUrlPatterns(
                    EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC), true, "/two");
            addServlet(context, "/one");
            addServlet(context, "/two");
        })) {
            for (String path : List.of("/two", "/one", "/two")) {
                assertThat(Raw.getLate(server, limiter, path, "Authorization: Bearer ann")
                                .status())
                        .isEqualTo(200);
                assertThat(Raw.getLate(server, limiter, path).status()).isEqualTo(401);
            }
            assertThat(handled).hasSize(3).containsOnly("REQUEST ann");
        }
    }

    @Test
    void waitsOnTheThreadWhereTheRequestDoesNotSupportAnythingElse() throws Exception {
        TestLimiter limiter = TestLimiter.later();
        try (Container server = start("", context -> {
            FilterRegistration.Dynamic first = Servlets.addFilter(
                    context,
                    "/*",
                    DispatcherType.REQUEST,
                    (request, response, chain) -> chain.doFilter(request, response));
            first.setAsyncSupported(false);
            add(
                    context,
                    GuardFilter.of(Guards.authenticating(limiter, 10)),
                    EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC),
                    "/*");
            addServlet(context, "/hello");
        })) {
            assertThat(Raw.getLate(server, limiter, "/hello", "Authorization: Bearer ann")
                            .status())
                    .isEqualTo(200);
            assertThat(Raw.getLate(server, limiter, "/hello").status()).isEqualTo(401);
        }
        assertThat(handled).containsExactly("REQUEST ann");
    }

    @Test
    void waitsOnTheThreadIfItIsTold() throws Exception {
        TestLimiter limiter = TestLimiter.later();
        GuardFilter filter = GuardFilter.builder(Guards.authenticating(limiter, 10))
                .blocking(true)
                .build();
        try (Container server = start("", context -> {
            filter.register(context, "/*");
            addServlet(context, "/hello");
        })) {
            assertThat(Raw.getLate(server, limiter, "/hello", "Authorization: Bearer ann")
                            .status())
                    .isEqualTo(200);
            assertThat(Raw.getLate(server, limiter, "/hello").status()).isEqualTo(401);
        }
        assertThat(handled).containsExactly("REQUEST ann");
    }
}
