package io.tollgate.examples.transcoding;

import com.google.protobuf.Empty;
import com.google.protobuf.Timestamp;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.tollgate.examples.transcoding.v1.Book;
import io.tollgate.examples.transcoding.v1.CreateBookRequest;
import io.tollgate.examples.transcoding.v1.DeleteBookRequest;
import io.tollgate.examples.transcoding.v1.GetBookRequest;
import io.tollgate.examples.transcoding.v1.LibraryServiceGrpc;
import io.tollgate.examples.transcoding.v1.ListBooksRequest;
import io.tollgate.examples.transcoding.v1.ListBooksResponse;
import io.tollgate.examples.transcoding.v1.WatchBooksRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The books, in memory. Nothing of it knows of HTTP. */
final class Library extends LibraryServiceGrpc.LibraryServiceImplBase {
    private static final int PAGE = 10;
    private static final int MAX_BOOKS = 1_000;

    private final NavigableMap<String, Book> books = new TreeMap<>();
    private final Map<StreamObserver<Book>, String> watchers = new HashMap<>();

    Library() {
        for (String title : List.of("Emma", "Middlemarch", "Ulysses")) {
            Book book = Book.newBuilder()
                    .setName("shelves/novels/books/" + title.toLowerCase(Locale.ROOT))
                    .setTitle(title)
                    .build();
            books.put(book.getName(), book);
        }
    }

    @Override
    public synchronized void getBook(GetBookRequest request, StreamObserver<Book> to) {
        respond(books.get(request.getName()), to);
    }

    @Override
    public synchronized void listBooks(ListBooksRequest request, StreamObserver<ListBooksResponse> to) {
        String prefix = request.getParent() + "/books/";
        int size = request.getPageSize() <= 0 ? PAGE : request.getPageSize();
        List<Book> found = new ArrayList<>(books.subMap(
                        prefix + request.getPageToken(),
                        request.getPageToken().isEmpty(),
                        prefix + Character.MAX_VALUE,
                        false)
                .values());
        ListBooksResponse.Builder page = ListBooksResponse.newBuilder();
        if (found.size() > size) {
            found = found.subList(0, size);
            page.setNextPageToken(found.get(size - 1).getName().substring(prefix.length()));
        }
        respond(page.addAllBooks(found).build(), to);
    }

    @Override
    public synchronized void createBook(CreateBookRequest request, StreamObserver<Book> to) {
        String id = request.getBookId().isEmpty()
                ? request.getBook().getTitle().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-")
                : request.getBookId();
        Instant now = Instant.now();
        Book book = request.getBook().toBuilder()
                .setName(request.getParent() + "/books/" + id)
                .setCreateTime(Timestamp.newBuilder().setSeconds(now.getEpochSecond()))
                .setUserId(request.getUserId())
                .build();
        if (book.getTitle().isBlank()) {
            to.onError(Status.INVALID_ARGUMENT
                    .withDescription("A book has a title.")
                    .asRuntimeException());
        } else if (books.containsKey(book.getName())) {
            to.onError(Status.ALREADY_EXISTS
                    .withDescription("The shelf has this book already.")
                    .asRuntimeException());
        } else if (books.size() >= MAX_BOOKS) {
            to.onError(Status.RESOURCE_EXHAUSTED
                    .withDescription("The library is full.")
                    .asRuntimeException());
        } else {
            books.put(book.getName(), book);
            watchers.forEach((watcher, parent) -> {
                if (parent.equals(request.getParent())) {
                    watcher.onNext(book);
                }
            });
            respond(book, to);
        }
    }

    @Override
    public synchronized void deleteBook(DeleteBookRequest request, StreamObserver<Empty> to) {
        respond(books.remove(request.getName()) == null ? null : Empty.getDefaultInstance(), to);
    }

    @Override
    public synchronized void watchBooks(WatchBooksRequest request, StreamObserver<Book> to) {
        ((ServerCallStreamObserver<Book>) to).setOnCancelHandler(() -> remove(to));
        String prefix = request.getParent() + "/books/";
        books.subMap(prefix, prefix + Character.MAX_VALUE).values().forEach(to::onNext);
        watchers.put(to, request.getParent());
    }

    private synchronized void remove(StreamObserver<Book> watcher) {
        watchers.remove(watcher);
    }

    private static <T> void respond(@Nullable T response, StreamObserver<T> to) {
        if (response == null) {
            to.onError(
                    Status.NOT_FOUND.withDescription("There is no such book.").asRuntimeException());
        } else {
            to.onNext(response);
            to.onCompleted();
        }
    }
}
