package io.tollgate.undertow;

import io.tollgate.api.CallContext;
import io.tollgate.api.http.HttpResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;
import org.xnio.XnioExecutor;
import org.xnio.XnioIoThread;

/**
 * One request and its one response, in any version of HTTP. All of it happens on the connection's I/O thread: a stage that
 * completes elsewhere hops back before anything of the exchange is touched. Whatever happens, the exchange is ended once.
 *
 * <p>For filters, logs and metrics a request has its response when that is ready to be written, streams included: the duration
 * of a stream is the time until its head. An open stream still counts as a request in flight.
 */
abstract class Transaction implements ServerRequest, ResponseStream.Listener {
    private static final Logger log = LoggerFactory.getLogger(Transaction.class);

    private final XnioIoThread thread;
    private final long arrivedNanos = System.nanoTime();
    private @Nullable ServerExchange application;
    private @Nullable ResponseStream stream;
    private XnioExecutor.@Nullable Key writeTimeout;
    private boolean answered;
    private boolean ended;
    private boolean over;

    Transaction(XnioIoThread thread) {
        this.thread = thread;
    }

    /** Awaits a response that is not there yet, and watches for the client going away. */
    abstract void awaitAnswer();

    /** Writes the head of the response and its body, or the head only and a call of {@link #begin} for a stream. */
    abstract void write(HttpResponse response);

    /** Ends the exchange without the end of its response: the client must see that. */
    abstract void cut();

    /** Ends the body of the request with its exchange. */
    abstract void endBody();

    /** Begins the application's side; to be called once the request is complete but for its body. */
    final void begin(ServerEndpoint endpoint) {
        application = endpoint.begin(this);
    }

    private ServerExchange application() {
        if (application == null) {
            throw new IllegalStateException("the exchange has not begun");
        }
        return application;
    }

    /** Has the application respond. */
    final void respond() {
        CompletableFuture<HttpResponse> answer;
        try {
            answer = application().respond().toCompletableFuture();
        } catch (Throwable e) {
            answer = CompletableFuture.failedFuture(e);
        }
        if (answer.isDone()) {
            CompletableFuture<HttpResponse> unused = answer.whenComplete(this::answer);
            return;
        }
        awaitAnswer();
        CompletableFuture<HttpResponse> unused = answer.whenComplete((response, failure) -> {
            if (Thread.currentThread() == thread) {
                answer(response, failure);
            } else {
                hop(() -> answer(response, failure));
            }
        });
    }

    private void hop(Runnable task) {
        try {
            thread.execute(task);
        } catch (RejectedExecutionException e) {
            line(log.atDebug()).log("A response comes after the server has stopped");
        }
    }

    private void answer(@Nullable HttpResponse response, @Nullable Throwable failure) {
        if (answered) {
            return;
        }
        answered = true;
        if (response == null || response.stream().isEmpty()) {
            endRequest();
        }
        if (over) {
            return;
        }
        try {
            write(
                    response != null && failure == null
                            ? response
                            : application().failed(failure != null ? failure : new NullPointerException("response")));
        } catch (Throwable e) {
            line(log.atError()).setCause(e).log("A response could not be written");
            cut();
        }
    }

    private void endRequest() {
        if (!ended) {
            ended = true;
            application().onEnd();
        }
    }

    /**
     * Passes each header of the response to {@code sink}, name first; a later one replaces an earlier one of its name. A list
     * of names by which the response varies has those of both.
     */
    final void forEachHeader(HttpResponse response, BiConsumer<String, String> sink) {
        response.forEachHeader(sink);
        application()
                .forEachHeader(
                        (name, value) -> sink.accept(name, name.equals("Vary") ? varying(value, response) : value));
    }

    private static String varying(String names, HttpResponse response) {
        return response.header("Vary").map(own -> names + ", " + own).orElse(names);
    }

    /** Writes a body as it is emitted. */
    final void begin(ResponseStream started, Flow.Publisher<ByteBuffer> body) {
        stream = started;
        started.start(body);
    }

    final boolean isStreaming() {
        return stream != null;
    }

    final boolean isAnswered() {
        return answered;
    }

    final boolean isOver() {
        return over;
    }

    /** The client does not take what is written: runs {@code timeout} if that lasts. */
    final void awaitClient(long millis, Runnable timeout) {
        writeTimeout = thread.executeAfter(timeout, millis, TimeUnit.MILLISECONDS);
    }

    final void stopTimer() {
        if (writeTimeout != null) {
            writeTimeout.remove();
            writeTimeout = null;
        }
    }

    /** The client went away. */
    final void clientGone() {
        application().onClientGone();
    }

    /** The exchange is over: its response is written, or its connection is closed. Does nothing the second time. */
    final void end() {
        if (over) {
            return;
        }
        over = true;
        stopTimer();
        try {
            endBody();
            endRequest();
            if (!answered || (stream != null && stream.cancel())) {
                clientGone();
            }
        } catch (RuntimeException e) {
            line(log.atError()).setCause(e).log("A cancellation failed");
        }
    }

    /** The response could not be written. */
    final void failedToWrite(IOException reason) {
        line(log.atDebug()).setCause(reason).log("The client left before its response");
        cut();
    }

    @Override
    public final void clientGone(IOException reason) {
        line(log.atDebug()).setCause(reason).log("The client left before the end of its response");
        clientGone();
        cut();
    }

    @Override
    public final void failed(Throwable cause) {
        line(log.atWarn()).setCause(cause).log("The stream of a response failed");
        cut(); // Without the end of the body, so that the client knows.
    }

    private LoggingEventBuilder line(LoggingEventBuilder line) {
        application().forEachLogField((name, value) -> {
            LoggingEventBuilder unused = line.addKeyValue(name, value);
        });
        return line;
    }

    @Override
    public final long arrivedNanos() {
        return arrivedNanos;
    }

    @Override
    public final Optional<String> header(String name) {
        return Optional.ofNullable(firstHeader(name));
    }

    @Override
    public final CallContext.Registration schedule(long millis, Runnable task) {
        XnioExecutor.Key key = thread.executeAfter(task, millis, TimeUnit.MILLISECONDS);
        return key::remove;
    }
}
