package io.tollgate.grpc.transcoding;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.api.HttpBody;
import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import com.google.protobuf.Message;
import io.grpc.BindableService;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.tollgate.grpc.catalog.Book;
import io.tollgate.grpc.catalog.CatalogGrpc;
import io.tollgate.grpc.catalog.CreateBookRequest;
import io.tollgate.grpc.catalog.EchoRequest;
import io.tollgate.grpc.catalog.FailRequest;
import io.tollgate.grpc.catalog.GetBookRequest;
import io.tollgate.grpc.catalog.HeadersResponse;
import io.tollgate.grpc.catalog.ListBooksRequest;
import io.tollgate.grpc.catalog.ListBooksResponse;
import io.tollgate.grpc.catalog.MoveBookRequest;
import io.tollgate.grpc.catalog.UpdateBookRequest;
import io.tollgate.grpc.catalog.UploadRequest;
import io.tollgate.grpc.catalog.WatchRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A catalog on a free port of the loopback interface, which mostly returns what it got. */
public final class CatalogServer implements AutoCloseable {
    private static final Context.Key<Metadata> HEADERS = Context.key("headers");
    private static final Metadata.Key<byte[]> DETAILS =
            Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);

    /** The requests that have arrived, the latest last. */
    public final Queue<Message> requests = new ConcurrentLinkedQueue<>();

    /** The number of streams whose client left. */
    public final AtomicInteger cancelled = new AtomicInteger();
    /** The bytes of the messages that were sent on streams. */
    public final AtomicLong bytesSent = new AtomicLong();
    /** The failures that calls get before they are handled. */
    final AtomicInteger failuresToCome = new AtomicInteger();

    final AtomicInteger attempts = new AtomicInteger();
    private final Queue<ServerCallStreamObserver<Book>> held = new ConcurrentLinkedQueue<>();
    private final Server server;

    /** Starts with further services. */
    public CatalogServer(BindableService... more) {
        this(0, more);
    }

    /** Starts on a port, 0 for any that is free. */
    public CatalogServer(int port, BindableService... more) {
        try {
            NettyServerBuilder builder = NettyServerBuilder.forAddress(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                    .intercept(new Headers())
                    .addService(new Service());
            for (BindableService service : more) {
                builder.addService(service);
            }
            server = builder.build().start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the port that it listens on. */
    public int port() {
        return server.getPort();
    }

    /** Returns the only request that has arrived. */
    public Message only() {
        if (requests.size() != 1) {
            throw new IllegalStateException("requests: " + requests);
        }
        return requests.peek();
    }

    /** Returns the number of streams that are held. */
    int held() {
        return held.size();
    }

    /** Sends one more message on the streams that are held. */
    public void sendOnHeld(Book book) {
        held.forEach(stream -> stream.onNext(book));
    }

    /** Ends the streams that are held. */
    public void endHeld() {
        held.forEach(StreamObserver::onCompleted);
    }

    @Override
    public void close() {
        server.shutdownNow();
        try {
            server.awaitTermination();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private final class Headers implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            attempts.incrementAndGet();
            if (failuresToCome.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                call.close(Status.UNAVAILABLE, new Metadata());
                return new ServerCall.Listener<>() {};
            }
            return Contexts.interceptCall(Context.current().withValue(HEADERS, headers), call, headers, next);
        }
    }

    private final class Service extends CatalogGrpc.CatalogImplBase {
        private <T> void respond(Message request, StreamObserver<T> to, T response) {
            requests.add(request);
            to.onNext(response);
            to.onCompleted();
        }

        @Override
        public void getBook(GetBookRequest request, StreamObserver<Book> to) {
            respond(request, to, Book.newBuilder().setName(request.getName()).build());
        }

        @Override
        public void deleteBook(GetBookRequest request, StreamObserver<Empty> to) {
            respond(request, to, Empty.getDefaultInstance());
        }

        @Override
        public void listBooks(ListBooksRequest request, StreamObserver<ListBooksResponse> to) {
            ListBooksResponse.Builder books = ListBooksResponse.newBuilder().setNextPageToken("next");
            for (int i = 1; i <= request.getPageSize(); i++) {
                books.addBooks(Book.newBuilder().setName(request.getParent() + "/books/" + i));
            }
            respond(request, to, books.build());
        }

        @Override
        public void searchBooks(ListBooksRequest request, StreamObserver<ListBooksResponse> to) {
            listBooks(request, to);
        }

        @Override
        public void createBook(CreateBookRequest request, StreamObserver<Book> to) {
            respond(request, to, request.getBook());
        }

        @Override
        public void updateBook(UpdateBookRequest request, StreamObserver<Book> to) {
            respond(request, to, request.getBook());
        }

        @Override
        public void moveBook(MoveBookRequest request, StreamObserver<Book> to) {
            respond(
                    request,
                    to,
                    Book.newBuilder().setName(request.getOtherShelf()).build());
        }

        /** Never responds to {@code silence}. */
        @Override
        public void echo(EchoRequest request, StreamObserver<EchoRequest> to) {
            if (!request.getText().equals("silence")) {
                respond(request, to, request);
            }
        }

        @Override
        public void headers(Empty request, StreamObserver<HeadersResponse> to) {
            HeadersResponse.Builder response = HeadersResponse.newBuilder();
            Metadata headers = HEADERS.get();
            for (String name : headers.keys()) {
                if (!name.endsWith("-bin")) {
                    Metadata.Key<String> key = Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
                    response.putHeaders(name, String.join(",", headers.getAll(key)));
                }
            }
            respond(request, to, response.build());
        }

        @Override
        public void fail(FailRequest request, StreamObserver<Book> to) {
            Metadata trailers = new Metadata();
            if (!request.getDetails().isEmpty()) {
                trailers.put(DETAILS, request.getDetails().toByteArray());
            }
            to.onError(Status.fromCodeValue(request.getCode())
                    .withDescription(request.getMessage())
                    .asRuntimeException(trailers));
        }

        @Override
        public void upload(UploadRequest request, StreamObserver<UploadRequest> to) {
            respond(request, to, request);
        }

        @Override
        public void download(GetBookRequest request, StreamObserver<HttpBody> to) {
            respond(request, to, file(request));
        }

        @Override
        public void attached(GetBookRequest request, StreamObserver<UploadRequest> to) {
            respond(
                    request,
                    to,
                    UploadRequest.newBuilder()
                            .setNote("note")
                            .setFile(file(request))
                            .build());
        }

        private static HttpBody file(GetBookRequest request) {
            return HttpBody.newBuilder()
                    .setContentType(request.getName().endsWith("evil") ? "text/html\r\nX-Evil: 1" : "text/x-name")
                    .setData(ByteString.copyFromUtf8(request.getName()))
                    .build();
        }

        @Override
        public void raw(HttpBody request, StreamObserver<HttpBody> to) {
            respond(request, to, request);
        }

        @Override
        public void watch(WatchRequest request, StreamObserver<Book> to) {
            requests.add(request);
            Book book = Book.newBuilder()
                    .setName("watched")
                    .setText(ByteString.copyFrom(new byte[request.getBytesEach()]))
                    .build();
            if (request.getHold()) {
                held.add((ServerCallStreamObserver<Book>) to);
            }
            stream(request, (ServerCallStreamObserver<Book>) to, book);
        }

        @Override
        public void downloadStream(WatchRequest request, StreamObserver<HttpBody> to) {
            HttpBody chunk = HttpBody.newBuilder()
                    .setContentType("text/x-chunks")
                    .setData(ByteString.copyFrom("chunk;", UTF_8))
                    .build();
            stream(request, (ServerCallStreamObserver<HttpBody>) to, chunk);
        }

        /** Sends as fast as the client takes it. */
        private <T extends Message> void stream(WatchRequest request, ServerCallStreamObserver<T> to, T message) {
            AtomicInteger left = new AtomicInteger(request.getCount());
            AtomicInteger ended = new AtomicInteger();
            to.setOnCancelHandler(cancelled::incrementAndGet);
            Runnable send = () -> {
                while (to.isReady() && left.get() > 0) {
                    left.decrementAndGet();
                    bytesSent.addAndGet(message.getSerializedSize());
                    to.onNext(message);
                }
                if (left.get() == 0 && !request.getHold() && ended.getAndIncrement() == 0) {
                    if (request.getCode() != 0) {
                        to.onError(Status.fromCodeValue(request.getCode())
                                .withDescription("the catalog burns")
                                .asRuntimeException());
                    } else {
                        to.onCompleted();
                    }
                }
            };
            to.setOnReadyHandler(send);
            send.run();
        }
    }
}
