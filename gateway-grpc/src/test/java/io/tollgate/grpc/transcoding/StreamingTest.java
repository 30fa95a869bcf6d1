package io.tollgate.grpc.transcoding;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tollgate.grpc.catalog.Book;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Responses of methods that stream, through a real server. */
@Timeout(value = 90, unit = TimeUnit.SECONDS)
class StreamingTest {
    private static final String LINES = "application/x-ndjson";
    private static final String EVENTS = "text/event-stream";

    private Front front = Front.open();

    @AfterEach
    void close() {
        front.close();
    }

    private void reopen(java.util.function.Consumer<TranscoderBuilder> settings) {
        front.close();
        front = Front.open(settings);
    }

    @Test
    void writesAnArrayByDefault() {
        HttpResponse<String> response = front.get("/v1/books:watch?count=3");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(response.body()).isEqualTo("[{\"name\":\"watched\"},{\"name\":\"watched\"},{\"name\":\"watched\"}]");
        assertThat(front.get("/v1/books:watch").body()).isEqualTo("[]");
    }

    @Test
    void writesLines() {
        HttpResponse<String> response = front.get("/v1/books:watch?count=2", "Accept", LINES);

        assertThat(response.headers().firstValue("Content-Type")).contains(LINES);
        assertThat(response.headers().firstValue("Vary")).contains("Accept");
        assertThat(response.body()).isEqualTo("{\"name\":\"watched\"}\n{\"name\":\"watched\"}\n");
        assertThat(front.get("/v1/books:watch", "Accept", LINES).body()).isEmpty();
    }

    @Test
    void writesEvents() {
        HttpResponse<String> response = front.get("/v1/books:watch?count=2", "Accept", EVENTS);

        assertThat(response.headers().firstValue("Content-Type")).contains(EVENTS);
        assertThat(response.headers().firstValue("Cache-Control")).contains("no-cache");
        assertThat(response.body()).isEqualTo("data: {\"name\":\"watched\"}\n\ndata: {\"name\":\"watched\"}\n\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "*/*                                                   | application/json",
                "text/html                                             | application/json",
                "application/*                                         | application/json",
                "text/*                                                | text/event-stream",
                "application/json, application/x-ndjson                | application/json",
                "application/x-ndjson, application/json                | application/x-ndjson",
                "application/json;q=0.5, application/x-ndjson;q=0.6    | application/x-ndjson",
                "text/event-stream;q=0.1, application/x-ndjson;q=0.2   | application/x-ndjson",
                "text/event-stream, */*                                | text/event-stream",
                "text/event-stream;q=0.1, */*                          | application/json",
                "application/x-ndjson;q=0, */*                         | application/json",
                "application/json;q=0, */*                             | application/x-ndjson",
                "APPLICATION/X-NDJSON                                  | application/x-ndjson",
                "application/x-ndjson;q=x                              | application/json",
            })
    void choosesTheFormThatTheClientPrefers(String accept, String type) {
        assertThat(front.get("/v1/books:watch?count=1", "Accept", accept)
                        .headers()
                        .firstValue("Content-Type"))
                .contains(type);
    }

    @Test
    void writesOneFieldOfEachMessage() {
        assertThat(front.get("/v1/books:names?count=2", "Accept", LINES).body())
                .isEqualTo("\"watched\"\n\"watched\"\n");
    }

    @Test
    void takesABody() {
        assertThat(front.json("POST", "/v1/books:watch", "{\"count\":1}").body())
                .isEqualTo("[{\"name\":\"watched\"}]");
    }

    @Test
    void writesBodiesAsTheyAre() {
        HttpResponse<String> response = front.get("/v1/stream?count=3", "Accept", LINES);

        assertThat(response.headers().firstValue("Content-Type")).contains("text/x-chunks");
        assertThat(response.body()).isEqualTo("chunk;chunk;chunk;");
    }

    @Test
    void respondsToHeadWithoutACall() {
        HttpResponse<String> response = front.send("HEAD", "/v1/books:watch?count=3", "", "Accept", LINES);

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEmpty();
        assertThat(response.headers().firstValue("Content-Type")).contains(LINES);
        assertThat(front.catalog.requests).isEmpty();
    }

    @Test
    void writesAMessageBeforeTheNextIsSent() throws Exception {
        for (String form : new String[] {LINES, EVENTS, "application/json"}) {
            HttpResponse<InputStream> response = front.stream("/v1/books:watch?count=1&hold=true", "Accept", form);
            InputStream body = response.body();
            assertThat(until(body, '}')).as(form).endsWith("{\"name\":\"watched\"}");

            front.catalog.sendOnHeld(Book.newBuilder().setName("second").build());

            assertThat(until(body, '}')).as(form).endsWith("{\"name\":\"second\"}");
            body.close();
        }
    }

    @Test
    void isAnErrorLikeAnyOtherBeforeTheFirstMessage() {
        HttpResponse<String> response = front.get("/v1/books:watch?code=5", "Accept", EVENTS);

        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(response.body()).contains("RESOURCE_NOT_FOUND").contains("the catalog burns");
    }

    @Test
    void endsLinesWithTheError() {
        String body =
                front.get("/v1/books:watch?count=1&code=13", "Accept", LINES).body();

        assertThat(body)
                .startsWith("{\"name\":\"watched\"}\n{\"error\":{\"error\":\"INTERNAL_ERROR\"")
                .endsWith("}}\n")
                .doesNotContain("burns");
    }

    @Test
    void endsEventsWithTheError() {
        String body =
                front.get("/v1/books:watch?count=1&code=5", "Accept", EVENTS).body();

        assertThat(body)
                .startsWith("data: {\"name\":\"watched\"}\n\nevent: error\ndata: {\"error\":\"NOT_FOUND_ERROR\"")
                .endsWith("}\n\n");
    }

    @Test
    void endsAnArrayByClosingTheConnection() throws Exception {
        HttpResponse<InputStream> response = front.stream("/v1/books:watch?count=1&code=13");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThatThrownBy(() -> response.body().readAllBytes()).isInstanceOf(IOException.class);
    }

    @Test
    void cancelsTheCallOfAClientThatLeaves() throws Exception {
        HttpResponse<InputStream> response = front.stream("/v1/books:watch?count=1&hold=true", "Accept", LINES);
        until(response.body(), '\n');

        response.body().close();

        await().atMost(Duration.ofSeconds(60)).until(() -> {
            // A server notices it when it writes.
            front.catalog.sendOnHeld(
                    Book.newBuilder().setName("x".repeat(1_000)).build());
            return front.catalog.cancelled.get() == 1;
        });
    }

    /** The service would send 200 MB, of which the connections between it and the client hold a few. */
    @Test
    void slowsTheServiceDownForAClientThatDoesNotRead() throws Exception {
        HttpResponse<InputStream> response =
                front.stream("/v1/books:watch?count=3200&bytes_each=65536", "Accept", LINES);

        long[] before = {-1};
        await().pollInterval(Duration.ofSeconds(1))
                .atMost(Duration.ofSeconds(60))
                .until(() -> {
                    long sent = front.catalog.bytesSent.get();
                    boolean stopped = sent == before[0];
                    before[0] = sent;
                    return stopped;
                });
        assertThat(front.catalog.bytesSent.get()).isLessThan(32L << 20);
        response.body().close();
    }

    @Test
    void endsAStreamThatIsSilentForTooLong() {
        reopen(builder -> builder.streamIdleTimeout(Duration.ofSeconds(1)));

        HttpResponse<String> silent = front.get("/v1/books:watch?hold=true", "Accept", LINES);
        assertThat(silent.statusCode()).isEqualTo(504);
        assertThat(silent.body()).contains("REQUEST_TIMEOUT");

        assertThat(front.get("/v1/books:watch?count=1&hold=true", "Accept", LINES)
                        .body())
                .startsWith("{\"name\":\"watched\"}\n{\"error\":")
                .contains("REQUEST_TIMEOUT");
        await().atMost(Duration.ofSeconds(60)).until(() -> front.catalog.cancelled.get() == 2);
    }

    @Test
    void endsAStreamAtItsDeadline() {
        reopen(builder -> builder.streamDeadline(Duration.ofSeconds(2)));
        front.get("/v1/books:watch"); // the connection takes its time, and is not what ends here

        assertThat(front.get("/v1/books:watch?count=1&hold=true", "Accept", EVENTS)
                        .body())
                .startsWith("data: {\"name\":\"watched\"}\n\nevent: error\n")
                .contains("REQUEST_TIMEOUT");
    }

    @Test
    void keepsEventsAliveWithComments() throws Exception {
        reopen(builder -> builder.heartbeat(Duration.ofMillis(100)));

        HttpResponse<InputStream> response = front.stream("/v1/books:watch?hold=true", "Accept", EVENTS);
        BufferedReader lines = new BufferedReader(new InputStreamReader(response.body(), UTF_8));
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(lines.readLine()).isEqualTo(":");
        assertThat(lines.readLine()).isEmpty();
        assertThat(lines.readLine()).isEqualTo(":");

        front.catalog.sendOnHeld(Book.newBuilder().setName("late").build());
        front.catalog.endHeld();

        String rest = lines.lines().reduce("", (all, line) -> all + line + "\n");
        assertThat(rest).contains("data: {\"name\":\"late\"}\n\n").doesNotContain("error");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "application/x-ndjson | {'name':'late'}%n",
                "application/json     | [{'name':'late'}]",
            })
    void beginsOtherFormsInSilenceWithoutAComment(String form, String body) throws Exception {
        reopen(builder -> builder.heartbeat(Duration.ofMillis(100)));

        HttpResponse<InputStream> response = front.stream("/v1/books:watch?hold=true", "Accept", form);
        assertThat(response.statusCode()).as("sent before any message").isEqualTo(200);
        await().until(() -> front.catalog.held() == 1); // The head does not wait for the service.
        front.catalog.sendOnHeld(Book.newBuilder().setName("late").build());
        front.catalog.endHeld();

        assertThat(new String(response.body().readAllBytes(), UTF_8))
                .isEqualTo(body.replace('\'', '"').replace("%n", "\n"));
    }

    private static String until(InputStream in, char last) throws IOException {
        StringBuilder text = new StringBuilder();
        int next;
        do {
            next = in.read();
            if (next < 0) {
                throw new IOException("the stream ended after " + text);
            }
            text.append((char) next);
        } while (next != last);
        return text.toString();
    }
}
