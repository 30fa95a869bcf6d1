package io.tollgate.grpc;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.grpc.netty.shaded.io.netty.bootstrap.ServerBootstrap;
import io.grpc.netty.shaded.io.netty.buffer.Unpooled;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelFutureListener;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandler;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInitializer;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.SimpleChannelInboundHandler;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Error;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2HeadersFrame;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2MultiplexHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Speaks HTTP/2 and not gRPC, as a proxy in front of a service does; answers every request with the same. */
final class Http2Server implements AutoCloseable {
    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Channel channel;

    private Http2Server(Supplier<List<?>> answer) throws InterruptedException {
        this.channel = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel connection) {
                        connection
                                .pipeline()
                                .addLast(
                                        Http2FrameCodecBuilder.forServer().build(),
                                        new Http2MultiplexHandler(new OnRequest(answer)));
                    }
                })
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .sync()
                .channel();
    }

    /** Answers with headers and a body. */
    static Http2Server answering(Map<String, String> headers, String body) throws InterruptedException {
        return new Http2Server(() ->
                List.of(headers(headers, false), new DefaultHttp2DataFrame(Unpooled.copiedBuffer(body, UTF_8), true)));
    }

    /** Answers with headers only, which gRPC calls "trailers only". */
    static Http2Server answering(Map<String, String> headers) throws InterruptedException {
        return new Http2Server(() -> List.of(headers(headers, true)));
    }

    /** Answers with headers, bytes and trailers, as gRPC does. */
    static Http2Server answering(Map<String, String> headers, byte[] body, Map<String, String> trailers)
            throws InterruptedException {
        return new Http2Server(() -> List.of(
                headers(headers, false),
                new DefaultHttp2DataFrame(Unpooled.copiedBuffer(body)),
                headers(trailers, true)));
    }

    /** Resets the stream. */
    static Http2Server resetting(Http2Error error) throws InterruptedException {
        return new Http2Server(() -> List.of(new DefaultHttp2ResetFrame(error)));
    }

    /** Ends the connection with a GOAWAY that counts the request among those it may have handled. */
    static Http2Server goingAway(Http2Error error) throws InterruptedException {
        return new Http2Server(() -> List.of(new DefaultHttp2GoAwayFrame(error)));
    }

    int port() {
        return ((InetSocketAddress) channel.localAddress()).getPort();
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // they are waited for
    public void close() {
        channel.close().syncUninterruptibly();
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private static Http2HeadersFrame headers(Map<String, String> headers, boolean last) {
        DefaultHttp2Headers frame = new DefaultHttp2Headers(false);
        headers.forEach(frame::add);
        return new DefaultHttp2HeadersFrame(frame, last);
    }

    @ChannelHandler.Sharable
    private static final class OnRequest extends SimpleChannelInboundHandler<Http2HeadersFrame> {
        private final Supplier<List<?>> answer;

        OnRequest(Supplier<List<?>> answer) {
            this.answer = answer;
        }

        @Override
        @SuppressWarnings("FutureReturnValueIgnored") // a client that has gone needs no answer
        protected void channelRead0(ChannelHandlerContext stream, Http2HeadersFrame request) {
            for (Object frame : answer.get()) {
                if (frame instanceof Http2GoAwayFrame) {
                    stream.channel().parent().writeAndFlush(frame).addListener(ChannelFutureListener.CLOSE);
                    return;
                }
                stream.write(frame);
            }
            stream.flush();
        }
    }
}
