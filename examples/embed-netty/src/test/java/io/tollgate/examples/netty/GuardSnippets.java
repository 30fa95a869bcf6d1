package io.tollgate.examples.netty;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.tollgate.api.guard.Admitted;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.guard.RouteRules;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.token.AccessRule;
import io.tollgate.auth.JwtVerifier;
import io.tollgate.auth.keys.RemoteKeys;
import io.tollgate.ratelimit.Policies;
import io.tollgate.ratelimit.SharedRateLimiter;
import java.net.URI;
import java.util.List;
import java.util.concurrent.ExecutorService;

/** Code of the pages in docs/embedding, so that it is compiled. */
@SuppressWarnings("all")
abstract class GuardSnippets {
    void share() {
        SharedRateLimiter limiter = SharedRateLimiter.builder("redis://localhost:6379")
                .namespace("hello")
                .replicas(3)
                .build();
    }

    void verify(SharedRateLimiter limiter) {
        RemoteKeys keys = RemoteKeys.builder()
                .uri(URI.create("https://issuer.example/.well-known/jwks.json"))
                .build();
        RequestGuard guard = RequestGuard.builder()
                .tokens(JwtVerifier.builder()
                        .keys(keys)
                        .issuer("https://issuer.example")
                        .build())
                .limiter(limiter, List.of(Policies.standard(RateLimit.perMinute(100))))
                .build();
    }

    void find() {
        RouteRules rules = RouteRules.builder()
                .route("GET", "/events/{id}", AccessRule.open())
                .route("/admin/**", AccessRule.token().andOneOfRoles(List.of("admin")))
                .otherwise(AccessRule.token())
                .build();
    }

    ExecutorService workers;

    abstract FullHttpResponse sell(Admitted admitted);

    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
        Admitted admitted = ctx.channel().attr(GuardHandler.REQUEST).get();
        workers.execute(() -> {
            FullHttpResponse response = sell(admitted); // May block.
            ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
        });
    }
}
