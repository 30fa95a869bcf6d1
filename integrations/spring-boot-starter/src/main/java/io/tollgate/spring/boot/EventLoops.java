package io.tollgate.spring.boot;

import java.util.concurrent.Executor;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.util.ClassUtils;
import reactor.core.scheduler.Schedulers;
import reactor.netty.Connection;

/** Finds the executor on which a request continues after it waited. */
final class EventLoops {
    private static final boolean REACTOR_NETTY =
            ClassUtils.isPresent("reactor.netty.Connection", EventLoops.class.getClassLoader());

    /** For servers other than Reactor Netty, whose threads are not to be had. */
    private static final Executor PARALLEL = task -> Schedulers.parallel().schedule(task);

    private EventLoops() {}

    /** Returns the event loop of the request's connection; without one, the threads of Reactor that must not block. */
    static Executor of(ServerHttpRequest request) {
        return REACTOR_NETTY ? ReactorNetty.loop(request) : PARALLEL;
    }

    /** Loaded only with Reactor Netty. */
    private static final class ReactorNetty {
        static Executor loop(ServerHttpRequest request) {
            Object server = ServerHttpRequestDecorator.getNativeRequest(request);
            return server instanceof Connection connection
                    ? connection.channel().eventLoop()
                    : PARALLEL;
        }
    }
}
