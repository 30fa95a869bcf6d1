package io.tollgate.examples.netty;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.AttributeKey;
import io.netty.util.ReferenceCountUtil;
import io.tollgate.api.guard.Admitted;
import io.tollgate.api.guard.Rejected;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.guard.RouteRules;
import io.tollgate.api.http.ErrorRenderer;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.http.RequestIds;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Puts a guard in front of the handlers of a channel. Its place in the pipeline is behind {@code HttpServerCodec} and {@code
 * HttpServerKeepAliveHandler}, and before {@code HttpObjectAggregator}, so that bodies of rejected requests are not kept.
 *
 * <p>The channel handles one request at a time: responses to pipelined requests are in order, and nothing more is read while one
 * of them waits. Everything runs on the event loop of the channel, which never blocks.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A failed write closes the channel, which ends its request.
public final class GuardHandler extends ChannelDuplexHandler {
    /** The request that the channel handles now, with its user: {@code channel.attr(GuardHandler.REQUEST).get()}. */
    public static final AttributeKey<Admitted> REQUEST = AttributeKey.valueOf(GuardHandler.class, "request");

    private final RequestGuard guard;
    private final RouteRules rules;
    private final ErrorRenderer errors = ErrorRenderer.negotiated();
    private final Queue<Object> waiting = new ArrayDeque<>();
    private String requestId = "-";
    private @Nullable Admitted admitted;
    private boolean judging; // The guard has not decided.
    private boolean receiving; // The body is not complete.
    private boolean responding; // The response is not written.

    /** Guards the requests of one channel. */
    public GuardHandler(RequestGuard guard, RouteRules rules) {
        this.guard = guard;
        this.rules = rules;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof HttpObject) {
            waiting.add(message);
            takeWaiting(ctx);
        } else {
            ctx.fireChannelRead(message); // Of another protocol, after an upgrade.
        }
    }

    private void takeWaiting(ChannelHandlerContext ctx) {
        while (!waiting.isEmpty()
                && !judging
                && (receiving || !responding)
                && ctx.channel().isActive()) {
            Object message = waiting.remove();
            receiving = !(message instanceof LastHttpContent);
            if (message instanceof HttpRequest request) {
                judge(ctx, request);
            } else if (((HttpObject) message).decoderResult().isFailure()) {
                ReferenceCountUtil.release(message);
                ctx.close();
            } else if (admitted == null) {
                ReferenceCountUtil.release(message);
            } else {
                ctx.fireChannelRead(message);
            }
        }
        ctx.channel().config().setAutoRead(waiting.isEmpty());
    }

    private void judge(ChannelHandlerContext ctx, HttpRequest request) {
        judging = true;
        responding = true;
        InetSocketAddress peer = (InetSocketAddress) ctx.channel().remoteAddress();
        HttpRequestHead head = HttpRequestHead.of(
                request.method().name(), request.uri(), peer.getAddress(), request.headers()::getAll);
        RouteRules found = request.decoderResult().isSuccess() ? rules : RouteRules.malformed();
        requestId = RequestIds.of(head);
        guard.admit(head, found, ctx.executor()).thenAccept(admission -> {
            judging = false;
            admitted = admission instanceof Admitted handled ? handled : null;
            if (!ctx.channel().isActive()) {
                ReferenceCountUtil.release(request);
                if (admitted != null) {
                    admitted.abandon();
                }
            } else if (admission instanceof Rejected rejected) {
                reject(ctx, request, rejected.response(errors, requestId));
            } else {
                ctx.channel().attr(REQUEST).set(admitted);
                ctx.fireChannelRead(request);
            }
            takeWaiting(ctx);
        });
    }

    private void reject(ChannelHandlerContext ctx, HttpRequest request, io.tollgate.api.http.HttpResponse rendered) {
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(rendered.status()),
                Unpooled.wrappedBuffer(rendered.bytes()));
        rendered.forEachHeader(response.headers()::set);
        HttpUtil.setContentLength(response, rendered.bytes().length);
        if (request.decoderResult().isFailure() || HttpUtil.is100ContinueExpected(request)) {
            HttpUtil.setKeepAlive(response, false); // Nobody knows where the next request begins.
        }
        ReferenceCountUtil.release(request);
        write(ctx, response, ctx.newPromise());
        ctx.flush();
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        boolean interim = message instanceof HttpResponse response
                && response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
        if (message instanceof HttpResponse response && !interim) {
            response.headers().set(RequestIds.HEADER, requestId);
            if (admitted != null) {
                admitted.settle(response.status().code());
                admitted.forEachHeader(response.headers()::set);
            }
        }
        boolean last = message instanceof LastHttpContent && !interim;
        ctx.write(message, last ? promise.unvoid().addListener(written -> responded(ctx)) : promise);
    }

    /** Takes the next request, but not before the channel has closed if it closes with this response. */
    private void responded(ChannelHandlerContext ctx) {
        ctx.executor().execute(() -> {
            responding = false;
            takeWaiting(ctx);
            ctx.fireChannelReadComplete();
        });
    }

    /** Ends the request of a channel that closes: nobody knows how far its handler has come. */
    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (admitted != null) {
            admitted.close();
        }
        waiting.forEach(ReferenceCountUtil::release);
        waiting.clear();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.fireExceptionCaught(cause);
        ctx.close();
    }
}
