package io.tollgate.grpc.transcoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tollgate.testkit.TestRequest;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Services whose descriptors change while they are served. */
class TranscoderGroupTest {
    @TempDir
    Path folder;

    @Test
    void exchangesTheRoutesOfOneServiceAndKeepsThoseOfTheOthers() throws IOException {
        Path first = write("first", "First", "/v1/first");
        Path second = write("second", "Second", "/v1/second");
        try (TranscoderGroup group = group(first, second)) {
            Transcoder before = group.current();
            assertThat(group.reload("first")).isTrue();
            assertThat(group.current()).as("nothing has changed").isSameAs(before);

            write("first", "First", "/v2/first");
            assertThat(group.reload("first")).isTrue();

            assertThat(finds(group.current(), "/v2/first")).isTrue();
            assertThat(finds(group.current(), "/v1/first")).isFalse();
            assertThat(finds(group.current(), "/v1/second")).isTrue();
            assertThat(finds(before, "/v1/first"))
                    .as("requests that were routed before")
                    .isTrue();
        }
    }

    @Test
    void keepsWhatItServesWhenDescriptorsCannotBeServed() throws IOException {
        Path first = write("first", "First", "/v1/first");
        Path second = write("second", "Second", "/v1/second");
        try (TranscoderGroup group = group(first, second)) {
            Transcoder before = group.current();

            write("first", "First", "/v1/{nothing}");
            assertThat(group.reload("first")).isFalse();
            write("first", "First", "/v1/second");
            assertThat(group.reload("first")).isFalse();
            assertThat(group.states().get(0).fault().orElseThrow())
                    .contains("GET /v1/second has the requests of test.Service.First (GET /v1/second)");
            Files.write(first, new byte[] {1, 2, 3});
            assertThat(group.reload("first")).isFalse();
            Files.delete(first);
            assertThat(group.reload("first")).isFalse();

            assertThat(group.current()).isSameAs(before);
            assertThat(group.states().get(0).routes()).contains(1);
            assertThat(group.states().get(0).fault().orElseThrow()).contains("cannot be read");
            assertThat(group.states().get(1).fault()).isEmpty();

            write("first", "First", "/v1/first");
            assertThat(group.reload("first")).isTrue();
            assertThat(group.states().get(0).fault()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {TestSet.KEY, TestSet.KEY + TestSet.ITSELF})
    void keepsWhatItServesWhenAMapIsMalformed(String entry) throws IOException {
        Path first = write("first", "First", "/v1/first");
        Path second = write("second", "Second", "/v1/second");
        try (TranscoderGroup group = group(first, second)) {
            Transcoder before = group.current();
            Files.write(
                    first,
                    new TestSet().method("First", "get: '/v2/first'").map(entry).bytes());

            assertThat(group.reload("first")).isFalse();

            assertThat(group.current()).isSameAs(before);
            assertThat(group.states().get(0).fault().orElseThrow()).contains("test.Holder.MapEntry");
        }
    }

    /** Whatever it is, an operator must see it. */
    @Test
    void showsAFaultThatNothingLooksFor() throws IOException {
        Path first = write("first", "First", "/v1/first");
        AtomicReference<Supplier<TranscoderBuilder>> settings = new AtomicReference<>(Transcoder::builder);
        try (TranscoderGroup group = TranscoderGroup.builder()
                .file("first", first, () -> settings.get().get())
                .build()) {
            Transcoder before = group.current();
            write("first", "First", "/v2/first");
            for (Supplier<TranscoderBuilder> broken : List.<Supplier<TranscoderBuilder>>of(
                    () -> {
                        throw new StackOverflowError("deep");
                    },
                    () -> {
                        throw new NullPointerException("nothing");
                    })) {
                settings.set(broken);

                assertThat(group.reload("first")).isFalse();

                assertThat(group.current()).isSameAs(before);
                assertThat(group.states().get(0).routes()).contains(1);
                assertThat(group.states().get(0).fault().orElseThrow())
                        .containsPattern(
                                "first: cannot be used: java.lang.(StackOverflowError: deep|NullPointer.*: nothing)");
                TranscoderGroup.Builder another = TranscoderGroup.builder().file("first", first, broken);
                assertThatThrownBy(another::build)
                        .isInstanceOf(InvalidTranscodingException.class)
                        .hasMessageContaining("first: cannot be used: java.lang.");
            }
            settings.set(Transcoder::builder);
            assertThat(group.reload("first")).isTrue();
            assertThat(group.states().get(0).fault()).isEmpty();
        }
    }

    /** The first call has opened the file that the second finds replaced. */
    @Test
    @Timeout(60)
    void servesTheNewestFileAfterTwoReloadsAtOnce() throws Exception {
        Path link = folder.resolve("first");
        Path pipe = folder.resolve("pipe");
        Path newest = write("newest", "First", "/v3/first");
        Files.createSymbolicLink(link, write("oldest", "First", "/v1/first"));
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        try (TranscoderGroup group = group(link, write("second", "Second", "/v1/second"))) {
            replaceLink(link, pipe);
            Thread before = reloading(group);
            Thread after;
            try (OutputStream written = Files.newOutputStream(pipe)) { // waits for the reader
                replaceLink(link, newest);
                after = reloading(group);
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> after.getState() == Thread.State.BLOCKED
                                || after.getState() == Thread.State.TERMINATED);
                written.write(new TestSet().method("First", "get: '/v2/first'").bytes());
            }
            before.join();
            after.join();

            assertThat(finds(group.current(), "/v3/first")).isTrue();
        }
    }

    private static void replaceLink(Path link, Path target) throws IOException {
        Files.delete(link);
        Files.createSymbolicLink(link, target);
    }

    private static Thread reloading(TranscoderGroup group) {
        Thread thread = new Thread(() -> group.reload("first"));
        thread.start();
        return thread;
    }

    @Test
    void reportsTheProblemsOfAllFilesAtOnce() throws IOException {
        Path first = write("first", "First", "/v1/{nothing}");
        Path second = write("second", "Second", "/v1/own");
        assertThatThrownBy(() -> group(first, second))
                .isInstanceOf(InvalidTranscodingException.class)
                .hasMessageContaining("test.Service.First: template /v1/{nothing}")
                .hasMessageContaining(
                        "test.Service.Second: GET /v1/own has the requests of a route of the server itself");
        assertThatThrownBy(() -> group(write("first", "First", "/v1/same"), write("second", "Second", "/v1/same")))
                .hasMessageContaining("test.Service.Second: GET /v1/same has the requests of test.Service.First");
        assertThatThrownBy(() -> group(folder.resolve("missing"), second))
                .hasMessageContaining("missing: cannot be read");
    }

    @Test
    void knowsItsServices() throws IOException {
        Path first = write("first", "First", "/v1/first");
        TranscoderGroup.Builder builder = TranscoderGroup.builder().file("first", first, Transcoder::builder);
        assertThatThrownBy(() -> builder.file("first", first, Transcoder::builder))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("name: first (expected: one for each service)");
        try (TranscoderGroup group = builder.build()) {
            assertThatThrownBy(() -> group.reload("other"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("name: other");
        }
    }

    private TranscoderGroup group(Path first, Path second) {
        return TranscoderGroup.builder()
                .file("first", first, () -> Transcoder.builder().reserve("GET", "/v1/own"))
                .file("second", second, () -> Transcoder.builder().reserve("GET", "/v1/own"))
                .build();
    }

    private static boolean finds(Transcoder transcoder, String path) {
        return transcoder.route(TestRequest.get(path)).isPresent();
    }

    private Path write(String name, String method, String get) throws IOException {
        return Files.write(
                folder.resolve(name),
                new TestSet().method(method, "get: \"" + get + "\"").bytes());
    }
}
