package io.tollgate.examples.netty;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
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
import io.tollgate.api.guard.RouteRules;
import io.tollgate.servercontract.MeasuredVariant;

/** The server that {@code make bench-embedded} measures. */
@SuppressWarnings("FutureReturnValueIgnored") // A failed write closes the channel.
final class MeasuredServer {
    private static final int MAX_BODY = 65_536;
    private static final byte[] GREETING = MeasuredVariant.GREETING.getBytes(UTF_8);

    private MeasuredServer() {}

    /** Serves until the process is ended; see {@link MeasuredVariant} for the arguments. */
    public static void main(String[] arguments) {
        MeasuredVariant variant = MeasuredVariant.parse(arguments);
        new ServerBootstrap()
                .group(new MultiThreadIoEventLoopGroup(NioIoHandler.newFactory()))
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel connection) {
                        ChannelPipeline pipeline = connection.pipeline();
                        pipeline.addLast(new HttpServerCodec());
                        pipeline.addLast(new HttpServerKeepAliveHandler());
                        variant.guard()
                                .ifPresent(guard ->
                                        pipeline.addLast(new GuardHandler(guard, RouteRules.all(guard.defaultRule()))));
                        pipeline.addLast(new HttpObjectAggregator(MAX_BODY, true));
                        pipeline.addLast(new Hello());
                    }
                })
                .bind(variant.address())
                .syncUninterruptibly();
    }

    private static final class Hello extends SimpleChannelInboundHandler<FullHttpRequest> {
        @Override
        protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
            FullHttpResponse response = new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1, HttpResponseStatus.OK, Unpooled.wrappedBuffer(GREETING));
            response.headers().set(HttpHeaderNames.CONTENT_TYPE, "text/plain");
            HttpUtil.setContentLength(response, GREETING.length);
            ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
        }
    }
}
