package io.tollgate.grpc;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.grpc.netty.shaded.io.netty.bootstrap.ServerBootstrap;
import io.grpc.netty.shaded.io.netty.buffer.Unpooled;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInitializer;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.SimpleChannelInboundHandler;
import io.grpc.netty.shaded.io.netty.channel.nio.NioEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Error;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2HeadersFrame;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2MultiplexHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;

/** Speaks HTTP/2 and not gRPC, as a proxy in front of a service does; answers every request with the same. */
final class Http2Server implements AutoCloseable {
    private final EventLoopGroup group = new NioEventLoopGroup(1);
    private final Channel channel;

    private Http2Server(Answer answer) throws InterruptedException {
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
        return new Http2Server(stream -> {
            stream.write(headers(headers, false));
            stream.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.copiedBuffer(body, UTF_8), true));
        });
    }

    /** Answers with headers only, which gRPC calls "trailers only". */
    static Http2Server answering(Map<String, String> headers) throws InterruptedException {
        return new Http2Server(stream -> stream.writeAndFlush(headers(headers, true)));
    }

    /** Answers with headers, bytes and trailers, as gRPC does. */
    static Http2Server answering(Map<String, String> headers, byte[] body, Map<String, String> trailers)
            throws InterruptedException {
        return new Http2Server(stream -> {
            stream.write(headers(headers, false));
            stream.write(new DefaultHttp2DataFrame(Unpooled.copiedBuffer(body)));
            stream.writeAndFlush(headers(trailers, true));
        });
    }

    /** Resets the stream. */
    static Http2Server resetting(Http2Error error) throws InterruptedException {
        return new Http2Server(stream -> stream.writeAndFlush(new DefaultHttp2ResetFrame(error)));
    }

    int port() {
        return ((InetSocketAddress) channel.localAddress()).getPort();
    }

    @Override
    public void close() {
        channel.close().syncUninterruptibly();
        group.shutdownGracefully(0, 5, java.util.concurrent.TimeUnit.SECONDS).syncUninterruptibly();
    }

    private static Http2HeadersFrame headers(Map<String, String> headers, boolean last) {
        DefaultHttp2Headers frame = new DefaultHttp2Headers(false);
        headers.forEach(frame::add);
        return new DefaultHttp2HeadersFrame(frame, last);
    }

    private interface Answer {
        void to(ChannelHandlerContext stream);
    }

    @io.grpc.netty.shaded.io.netty.channel.ChannelHandler.Sharable
    private static final class OnRequest extends SimpleChannelInboundHandler<Http2HeadersFrame> {
        private final Answer answer;

        OnRequest(Answer answer) {
            this.answer = answer;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext stream, Http2HeadersFrame request) {
            answer.to(stream);
        }
    }
}
