package io.tollgate.examples.netty;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerKeepAliveHandler;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.guard.RouteRules;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.auth.JwtVerifier;
import io.tollgate.ratelimit.Policies;
import io.tollgate.ratelimit.SharedRateLimiter;
import java.net.InetSocketAddress;
import java.util.List;

/** A Netty server that greets its users, so many times a minute each. */
public final class HelloServer implements AutoCloseable {
    private static final int MAX_BODY = 65_536;

    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(NioIoHandler.newFactory());
    private final Channel channel;

    /** Opens the server; port 0 is any free port. */
    public HelloServer(InetSocketAddress address, RequestGuard guard) {
        RouteRules rules = RouteRules.all(guard.defaultRule());
        channel = new ServerBootstrap()
                .group(loops)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel connection) {
                        ChannelPipeline pipeline = connection.pipeline();
                        pipeline.addLast(new HttpServerCodec());
                        pipeline.addLast(new HttpServerKeepAliveHandler());
                        pipeline.addLast(new GuardHandler(guard, rules));
                        pipeline.addLast(new HttpObjectAggregator(MAX_BODY, true));
                        pipeline.addLast(new Hello());
                    }
                })
                .bind(address)
                .syncUninterruptibly()
                .channel();
    }

    /** The handler of the application. */
    private static final class Hello extends SimpleChannelInboundHandler<FullHttpRequest> {
        @Override
        protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
            String user = ctx.channel()
                    .attr(GuardHandler.REQUEST)
                    .get()
                    .principal()
                    .orElseThrow()
                    .userId();
            byte[] body = ("Hello, " + user + "\n").getBytes(UTF_8);
            FullHttpResponse response = new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1, HttpResponseStatus.OK, Unpooled.wrappedBuffer(body));
            response.headers().set(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8");
            HttpUtil.setContentLength(response, body.length);
            ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
        }
    }

    /** Returns the address that it listens on. */
    public InetSocketAddress address() {
        return (InetSocketAddress) channel.localAddress();
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // They are waited for.
    public void close() {
        channel.close().syncUninterruptibly();
        loops.shutdownGracefully().syncUninterruptibly();
    }

    /** Starts a server on port 8080 whose limits are in Redis, and in this process while Redis is unavailable. */
    public static void main(String[] arguments) {
        SharedRateLimiter limiter =
                SharedRateLimiter.builder("redis://localhost:6379").build();
        RequestGuard guard = RequestGuard.builder()
                .tokens(JwtVerifier.builder()
                        .secret(System.getenv("JWT_SECRET"))
                        .build())
                .limiter(limiter, List.of(Policies.standard(RateLimit.perMinute(5))))
                .build();
        HelloServer server = new HelloServer(new InetSocketAddress(8080), guard);
        Runtime.getRuntime().addShutdownHook(new Thread(server::close));
    }
}
