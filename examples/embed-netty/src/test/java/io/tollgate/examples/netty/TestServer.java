package io.tollgate.examples.netty;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
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
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.tollgate.api.Principal;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.guard.RouteRules;
import io.tollgate.servercontract.ServerUnderTest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A Netty server with a guard and one handler, which finds routes by the decoded path. */
@SuppressWarnings("FutureReturnValueIgnored") // Those that matter are waited for.
final class TestServer implements ServerUnderTest {
    static final int MAX_BODY = 200_000;

    private static final AtomicInteger SERVERS = new AtomicInteger();

    private final String threads = "netty-" + SERVERS.incrementAndGet();
    private final EventLoopGroup loops =
            new MultiThreadIoEventLoopGroup(2, new DefaultThreadFactory(threads), NioIoHandler.newFactory());
    private final Channel channel;

    TestServer(RequestGuard guard, RouteRules rules, Application application) {
        channel = new ServerBootstrap()
                .group(loops)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel connection) {
                        connection
                                .pipeline()
                                .addLast(new HttpServerCodec())
                                .addLast(new HttpServerKeepAliveHandler())
                                .addLast(new GuardHandler(guard, rules))
                                .addLast(new HttpObjectAggregator(MAX_BODY, true))
                                .addLast(new Requests(application));
                    }
                })
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .syncUninterruptibly()
                .channel();
    }

    /** A response. */
    @SuppressWarnings("ArrayRecordComponent") // Nobody compares replies.
    record Reply(int status, String type, byte[] body) {
        static Reply text(String text) {
            return new Reply(200, "text/plain; charset=utf-8", text.getBytes(UTF_8));
        }
    }

    /** Handles requests on the event loop. */
    interface Application {
        /** Returns the response, completed on any thread. */
        CompletionStage<Reply> respond(String route, byte[] body, Optional<Principal> user);
    }

    private static final class Requests extends SimpleChannelInboundHandler<FullHttpRequest> {
        private final Application application;

        Requests(Application application) {
            this.application = application;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
            String route = request.method() + " " + new QueryStringDecoder(request.uri()).path();
            byte[] body = ByteBufUtil.getBytes(request.content());
            Optional<Principal> user =
                    ctx.channel().attr(GuardHandler.REQUEST).get().principal();
            application.respond(route, body, user).whenComplete((reply, failure) -> {
                if (failure == null) {
                    write(ctx, reply);
                } else {
                    write(ctx, new Reply(500, "text/plain", new byte[0]));
                }
            });
        }

        private static void write(ChannelHandlerContext ctx, Reply reply) {
            FullHttpResponse response = new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1,
                    HttpResponseStatus.valueOf(reply.status()),
                    Unpooled.wrappedBuffer(reply.body()));
            response.headers().set(HttpHeaderNames.CONTENT_TYPE, reply.type());
            HttpUtil.setContentLength(response, reply.body().length);
            ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }

    @Override
    public int port() {
        return ((InetSocketAddress) channel.localAddress()).getPort();
    }

    @Override
    public boolean isServerThread(Thread thread) {
        return thread.getName().startsWith(threads + "-");
    }

    @Override
    public void close() {
        loops.shutdownGracefully(0, 30, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
