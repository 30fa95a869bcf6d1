package io.tollgate.runner.admin;

import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.runner.admin.live.LiveFeed;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.sse.ServerSentEventConnection;
import io.undertow.server.handlers.sse.ServerSentEventConnection.EventCallback;
import io.undertow.server.handlers.sse.ServerSentEventHandler;
import io.undertow.util.Methods;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;

/** {@code /events}: what the live page shows, as server-sent events. */
final class LivePages {
    private final LiveFeed feed;
    private final ServerSentEventHandler stream = new ServerSentEventHandler(this::connected);

    LivePages(LiveFeed feed) {
        this.feed = feed;
    }

    List<Page> pages() {
        return List.of(Page.get("/events", Guard.Access.OPERATOR, this::events));
    }

    private void events(HttpServerExchange exchange) throws Exception {
        if (feed.full()) {
            throw GatewayException.builder(
                            CommonError.OVERLOADED,
                            "As many pages look as may look at a time: " + LiveFeed.MAX_VIEWERS
                                    + ". Close one of them.")
                    .retryAfter(Duration.ofSeconds(5))
                    .build();
        }
        if (exchange.getRequestMethod().equals(Methods.HEAD)) {
            Answers.send(exchange, 200, "text/event-stream", new byte[0]);
            return;
        }
        stream.handleRequest(exchange);
    }

    private void connected(ServerSentEventConnection connection, @Nullable String lastEventId) {
        Viewer viewer = new Viewer(connection);
        connection.addCloseTask(closed -> feed.leave(viewer));
        if (!feed.join(viewer)) {
            IoUtils.safeClose(connection);
        }
    }

    /** A page that looks. One that does not take what it is sent is cut off, and will come again. */
    private static final class Viewer implements LiveFeed.Viewer, EventCallback {
        private static final int MAX_UNSENT = 10;

        private final ServerSentEventConnection connection;
        private final AtomicInteger unsent = new AtomicInteger();

        Viewer(ServerSentEventConnection connection) {
            this.connection = connection;
        }

        @Override
        public void send(String event, String json) {
            if (unsent.incrementAndGet() > MAX_UNSENT) {
                IoUtils.safeClose(connection);
            } else {
                connection.send(json, event, null, this);
            }
        }

        @Override
        public void done(
                ServerSentEventConnection to, @Nullable String data, @Nullable String event, @Nullable String id) {
            unsent.decrementAndGet();
        }

        @Override
        public void failed(
                ServerSentEventConnection to,
                @Nullable String data,
                @Nullable String event,
                @Nullable String id,
                IOException e) {
            IoUtils.safeClose(connection);
        }
    }
}
