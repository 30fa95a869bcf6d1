package io.tollgate.grpc;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.tollgate.grpc.library.AddBooksResponse;
import io.tollgate.grpc.library.Book;
import io.tollgate.grpc.library.GetBookRequest;
import io.tollgate.grpc.library.LibraryServiceGrpc;
import io.tollgate.grpc.library.ListBooksRequest;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** A third service, whose responses a test can change as it goes. */
final class Library extends LibraryServiceGrpc.LibraryServiceImplBase {
    static final Book book = Book.newBuilder().setTitle("Dune").build();

    volatile ServerCalls.UnaryMethod<GetBookRequest, Book> getBook = TestServer.answering(book);
    volatile ServerCalls.ServerStreamingMethod<ListBooksRequest, Book> listBooks = (request, observer) ->
            observer.onError(Status.UNIMPLEMENTED.withDescription("unexpected").asRuntimeException());
    volatile ServerCalls.ClientStreamingMethod<Book, AddBooksResponse> addBooks = Counting::new;

    @Override
    public void getBook(GetBookRequest request, StreamObserver<Book> observer) {
        getBook.invoke(request, observer);
    }

    @Override
    public void listBooks(ListBooksRequest request, StreamObserver<Book> observer) {
        listBooks.invoke(request, observer);
    }

    @Override
    public StreamObserver<Book> addBooks(StreamObserver<AddBooksResponse> observer) {
        return addBooks.invoke(observer);
    }

    /** Sends the books of one request as fast as its client takes them, and no faster. */
    static final class Shelf implements ServerCalls.ServerStreamingMethod<ListBooksRequest, Book> {
        final AtomicInteger sent = new AtomicInteger();
        final CompletableFuture<Void> cancelled = new CompletableFuture<>();

        @Override
        public void invoke(ListBooksRequest request, StreamObserver<Book> observer) {
            ServerCallStreamObserver<Book> books = (ServerCallStreamObserver<Book>) observer;
            ByteString text = ByteString.copyFrom(new byte[request.getBytesEach()]);
            books.setOnCancelHandler(() -> cancelled.complete(null));
            books.setOnReadyHandler(() -> {
                while (books.isReady() && sent.get() < request.getCount()) {
                    books.onNext(Book.newBuilder()
                            .setNumber(sent.getAndIncrement())
                            .setText(text)
                            .build());
                    if (sent.get() == request.getCount()) {
                        books.onCompleted();
                    }
                }
            });
        }
    }

    /** Accepts a call, sends nothing, and observes its end. */
    static final class Silence implements ServerCalls.ServerStreamingMethod<ListBooksRequest, Book> {
        final CompletableFuture<Void> arrived = new CompletableFuture<>();
        final CompletableFuture<Void> cancelled = new CompletableFuture<>();

        @Override
        public void invoke(ListBooksRequest request, StreamObserver<Book> observer) {
            ((ServerCallStreamObserver<Book>) observer).setOnCancelHandler(() -> cancelled.complete(null));
            arrived.complete(null);
        }
    }

    private static final class Counting implements StreamObserver<Book> {
        private final StreamObserver<AddBooksResponse> observer;
        private int count;

        Counting(StreamObserver<AddBooksResponse> observer) {
            this.observer = observer;
        }

        @Override
        public void onNext(Book added) {
            count++;
        }

        @Override
        public void onError(Throwable error) {}

        @Override
        public void onCompleted() {
            TestServer.answer(
                    observer, AddBooksResponse.newBuilder().setCount(count).build());
        }
    }
}
