package io.tollgate.grpc.server;

import io.grpc.BindableService;
import io.grpc.Channel;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerInterceptor;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.tollgate.grpc.server.chat.AdminServiceGrpc;
import io.tollgate.grpc.server.chat.ChatServiceGrpc;
import io.tollgate.grpc.server.chat.Line;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** A real server on a free port of the loopback interface, whose handlers a test can replace, and channels to it. */
final class ChatServer implements AutoCloseable {
    private static final String THREADS = "chat-handler-";

    /** The handlers; each responds with what it received by default. */
    volatile ServerCalls.UnaryMethod<Line, Line> say = ChatServer::echo;

    volatile ServerCalls.UnaryMethod<Line, Line> recite = ChatServer::echo;
    volatile ServerCalls.ClientStreamingMethod<Line, Line> dictate = LastLine::new;
    volatile ServerCalls.BidiStreamingMethod<Line, Line> talk = Echo::new;
    volatile ServerCalls.UnaryMethod<Line, Line> reset = ChatServer::echo;

    /** Counts the handlers that were started. */
    final AtomicInteger started = new AtomicInteger();

    final ExecutorService handlers;
    private final Server server;
    private final List<ManagedChannel> channels = new CopyOnWriteArrayList<>();
    private final ManagedChannel channel;

    private ChatServer(Builder builder) {
        this.handlers = builder.handlers;
        NettyServerBuilder server = NettyServerBuilder.forAddress(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .executor(handlers)
                .addService(new Chat())
                .addService(new Admin());
        builder.services.forEach(server::addService);
        builder.interceptors.forEach(make -> server.intercept(make.apply(handlers)));
        try {
            this.server = builder.customized.apply(server).build().start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.channel = newChannel(UnaryOperator.identity());
    }

    /** Starts a server with an interceptor that is made for its executor. */
    static ChatServer with(Function<ExecutorService, ServerInterceptor> interceptor) {
        return builder().intercept(interceptor).start();
    }

    static Builder builder() {
        return new Builder();
    }

    static final class Builder {
        private ExecutorService handlers = threads();
        private final List<Function<ExecutorService, ServerInterceptor>> interceptors = new CopyOnWriteArrayList<>();
        private final List<BindableService> services = new CopyOnWriteArrayList<>();
        private UnaryOperator<NettyServerBuilder> customized = UnaryOperator.identity();

        /** Adds an interceptor; the last one is the first to see a call. */
        Builder intercept(Function<ExecutorService, ServerInterceptor> interceptor) {
            interceptors.add(interceptor);
            return this;
        }

        Builder service(BindableService service) {
            services.add(service);
            return this;
        }

        Builder handlers(ExecutorService executor) {
            handlers.shutdown();
            handlers = executor;
            return this;
        }

        Builder customized(UnaryOperator<NettyServerBuilder> change) {
            customized = change;
            return this;
        }

        ChatServer start() {
            return new ChatServer(this);
        }
    }

    /** Returns as many threads as there is work, whose names tell that they are the server's. */
    static ExecutorService threads() {
        AtomicInteger number = new AtomicInteger();
        return Executors.newCachedThreadPool(task -> new Thread(task, THREADS + number.incrementAndGet()));
    }

    static boolean isHandlerThread(Thread thread) {
        return thread.getName().startsWith(THREADS);
    }

    int port() {
        return server.getPort();
    }

    ChatServiceGrpc.ChatServiceBlockingStub blocking(String... metadata) {
        return ChatServiceGrpc.newBlockingStub(channel(metadata));
    }

    ChatServiceGrpc.ChatServiceStub async(String... metadata) {
        return ChatServiceGrpc.newStub(channel(metadata));
    }

    /** Returns a channel that sends these names and values with each call. */
    Channel channel(String... metadata) {
        return ClientInterceptors.intercept(channel, sending(metadata));
    }

    static ClientInterceptor sending(String... metadata) {
        Metadata headers = new Metadata();
        for (int i = 0; i < metadata.length; i += 2) {
            headers.put(Metadata.Key.of(metadata[i], Metadata.ASCII_STRING_MARSHALLER), metadata[i + 1]);
        }
        return MetadataUtils.newAttachHeadersInterceptor(headers);
    }

    /** Opens another connection. */
    ManagedChannel newChannel(UnaryOperator<NettyChannelBuilder> change) {
        ManagedChannel opened = change.apply(
                        NettyChannelBuilder.forAddress("127.0.0.1", port()).usePlaintext())
                .build();
        channels.add(opened);
        return opened;
    }

    @Override
    public void close() {
        channels.forEach(ManagedChannel::shutdownNow);
        server.shutdownNow();
        handlers.shutdown();
        try {
            for (ManagedChannel opened : channels) {
                opened.awaitTermination(30, TimeUnit.SECONDS);
            }
            server.awaitTermination(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static Line line(String text) {
        return Line.newBuilder().setText(text).build();
    }

    static Line line(int number) {
        return Line.newBuilder().setNumber(number).build();
    }

    static void echo(Line line, StreamObserver<Line> observer) {
        observer.onNext(line);
        observer.onCompleted();
    }

    private final class Chat extends ChatServiceGrpc.ChatServiceImplBase {
        @Override
        public void say(Line request, StreamObserver<Line> observer) {
            started.incrementAndGet();
            say.invoke(request, observer);
        }

        @Override
        public StreamObserver<Line> dictate(StreamObserver<Line> observer) {
            started.incrementAndGet();
            return dictate.invoke(observer);
        }

        @Override
        public void recite(Line request, StreamObserver<Line> observer) {
            started.incrementAndGet();
            recite.invoke(request, observer);
        }

        @Override
        public StreamObserver<Line> talk(StreamObserver<Line> observer) {
            started.incrementAndGet();
            return talk.invoke(observer);
        }
    }

    private final class Admin extends AdminServiceGrpc.AdminServiceImplBase {
        @Override
        public void reset(Line request, StreamObserver<Line> observer) {
            started.incrementAndGet();
            reset.invoke(request, observer);
        }
    }

    /** Responds with each line that it receives. */
    static class Echo implements StreamObserver<Line> {
        private final StreamObserver<Line> observer;

        Echo(StreamObserver<Line> observer) {
            this.observer = observer;
        }

        @Override
        public void onNext(Line line) {
            observer.onNext(line);
        }

        @Override
        public void onError(Throwable failure) {
            // The client has left.
        }

        @Override
        public void onCompleted() {
            observer.onCompleted();
        }
    }

    /** Responds with the last line. */
    static final class LastLine extends Echo {
        private final StreamObserver<Line> response;
        private Line last = Line.getDefaultInstance();

        LastLine(StreamObserver<Line> observer) {
            super(observer);
            this.response = observer;
        }

        @Override
        public void onNext(Line line) {
            last = line;
        }

        @Override
        public void onCompleted() {
            response.onNext(last);
            response.onCompleted();
        }
    }
}
