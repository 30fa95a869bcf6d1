package io.tollgate.spring.boot;

import io.tollgate.servercontract.ServerUnderTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.embedded.netty.NettyReactiveWebServerFactory;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.http.client.ReactorResourceFactory;
import reactor.netty.resources.LoopResources;

/** A real application on a free port of the loopback address. */
final class Application implements AutoCloseable {
    private static final String WITHOUT_SPRING_SECURITY = "spring.autoconfigure.exclude="
            + "org.springframework.boot.autoconfigure.security.servlet.SecurityAutoConfiguration,"
            + "org.springframework.boot.actuate.autoconfigure.security.servlet.ManagementWebSecurityAutoConfiguration,"
            + "org.springframework.boot.autoconfigure.security.reactive.ReactiveSecurityAutoConfiguration,"
            + "org.springframework.boot.actuate.autoconfigure.security.reactive"
            + ".ReactiveManagementWebSecurityAutoConfiguration";

    private static final AtomicInteger STARTED = new AtomicInteger();

    private final ConfigurableApplicationContext context;
    private final String name;

    private Application(ConfigurableApplicationContext context, String name) {
        this.context = context;
        this.name = name;
    }

    /** Starts an application of the configuration {@code source}, without Spring Security, with more beans and properties. */
    static Application start(
            WebApplicationType type,
            Class<?> source,
            ApplicationContextInitializer<GenericApplicationContext> beans,
            String... properties) {
        List<String> all = new ArrayList<>(List.of(properties));
        all.add(WITHOUT_SPRING_SECURITY);
        return run(type, source, beans, all);
    }

    /** Starts an application with Spring Security. */
    static Application startSecured(WebApplicationType type, Class<?> source, String... properties) {
        return run(type, source, context -> {}, new ArrayList<>(List.of(properties)));
    }

    private static Application run(
            WebApplicationType type,
            Class<?> source,
            ApplicationContextInitializer<GenericApplicationContext> beans,
            List<String> properties) {
        String name = "application-" + STARTED.incrementAndGet();
        properties.add("server.port=0");
        properties.add("server.address=127.0.0.1");
        ConfigurableApplicationContext running = new SpringApplicationBuilder(source)
                .web(type)
                .bannerMode(Banner.Mode.OFF)
                .registerShutdownHook(false)
                .initializers(context -> {
                    GenericApplicationContext all = (GenericApplicationContext) context;
                    beans.initialize(all);
                    if (type == WebApplicationType.REACTIVE) {
                        all.registerBean(ReactorResourceFactory.class, () -> loops(name));
                        all.registerBean(
                                NettyReactiveWebServerFactory.class,
                                () -> netty(all.getBean(ReactorResourceFactory.class)));
                    }
                })
                .properties(properties.toArray(String[]::new))
                .run();
        return new Application(running, name);
    }

    static Application start(WebApplicationType type, Class<?> source, String... properties) {
        return start(type, source, context -> {}, properties);
    }

    /** Returns event loops of this application alone, which end with it. */
    private static ReactorResourceFactory loops(String name) {
        ReactorResourceFactory loops = new ReactorResourceFactory();
        loops.setUseGlobalResources(false);
        loops.setLoopResourcesSupplier(() -> LoopResources.create(name));
        loops.setShutdownQuietPeriod(Duration.ZERO);
        return loops;
    }

    /** Returns Netty, in place of Tomcat, which the class path has too. */
    private static NettyReactiveWebServerFactory netty(ReactorResourceFactory loops) {
        NettyReactiveWebServerFactory factory = new NettyReactiveWebServerFactory();
        factory.setResourceFactory(loops);
        return factory;
    }

    /** Returns what the names of the threads of a reactive server begin with. */
    String name() {
        return name;
    }

    int port() {
        return context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
    }

    <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    ConfigurableApplicationContext context() {
        return context;
    }

    /** Returns the server as a contract sees it. */
    ServerUnderTest asServer(Predicate<Thread> threads) {
        int port = port();
        return new ServerUnderTest() {
            @Override
            public int port() {
                return port;
            }

            @Override
            public boolean isServerThread(Thread thread) {
                return threads.test(thread);
            }

            @Override
            public void close() {
                context.close();
            }
        };
    }

    @Override
    public void close() {
        context.close();
    }
}
