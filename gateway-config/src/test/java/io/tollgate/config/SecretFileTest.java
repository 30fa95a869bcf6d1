package io.tollgate.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecretFileTest {
    private static final Duration OFTEN = Duration.ofMillis(5);
    private static final ConfigKey<Secret> PASSWORD =
            ConfigKey.secret("store.password", ValueType.secret(8, 64), "The password");

    private final BlockingQueue<String> applied = new LinkedBlockingQueue<>();

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void write() throws IOException {
        file = Files.writeString(folder.resolve("password"), "first-secret\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "s3cret\\n|s3cret",
                "s3cret\\r\\n|s3cret",
                "s3cret|s3cret",
                "a\\n\\n|a\\n",
                " a b \\n| a b ",
                "ä\\n|ä"
            })
    void oneLineEndingIsNotPartOfTheSecret(String content, String secret) throws IOException {
        Files.writeString(file, plain(content));

        assertThat(SecretFile.read(file).value()).isEqualTo(plain(secret));
    }

    private static String plain(String text) {
        return text.replace("\\n", "\n").replace("\\r", "\r");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", " \n\t\n"})
    void aFileWithoutASecretIsRejected(String content) throws IOException {
        Files.writeString(file, content);

        assertThatThrownBy(() -> SecretFile.read(file))
                .isInstanceOf(IOException.class)
                .hasMessage(file + ": empty (expected: a secret)");
    }

    @Test
    void whatIsNoFileOfTextIsRejectedWithoutItsContent() throws IOException {
        assertThatThrownBy(() -> SecretFile.read(folder)).hasMessage(folder + ": not a file");
        assertThatThrownBy(() -> SecretFile.read(folder.resolve("none")))
                .hasMessage(folder.resolve("none") + ": no such file");
        Files.write(file, new byte[] {'m', 'r', 'k', (byte) 0xff});
        assertThatThrownBy(() -> SecretFile.read(file))
                .hasMessage(file + ": not UTF-8 (expected: a secret as text)")
                .hasNoCause();
        Files.write(file, "x".repeat(SecretFile.MAX_BYTES + 1).getBytes(UTF_8));
        assertThatThrownBy(() -> SecretFile.read(file))
                .hasMessage(file + ": too large (expected: a secret, at most 65536 bytes)");
    }

    @Test
    void aPipeIsRejectedAndNotWaitedFor() throws Exception {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();

        assertThatThrownBy(() -> SecretFile.read(pipe)).hasMessage(pipe + ": not a file");
    }

    @Test
    void aReplacedFileAFileWrittenInPlaceAndALinkElsewhereAreRead() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("link"), file);
        try (SecretFile secret = watch(link)) {
            assertThat(secret.get().value()).isEqualTo("first-secret");

            Files.move(
                    Files.writeString(folder.resolve("draft"), "second-secret"),
                    file,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
            assertThat(applied.poll(30, SECONDS)).isEqualTo("second-secret");

            Files.writeString(file, "third-secret!");
            assertThat(applied.poll(30, SECONDS)).isEqualTo("third-secret!");

            Path other = Files.writeString(folder.resolve("other"), "fourth-secret");
            Files.move(
                    Files.createSymbolicLink(folder.resolve("next"), other),
                    link,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
            assertThat(applied.poll(30, SECONDS)).isEqualTo("fourth-secret");
            assertThat(secret.get().value()).isEqualTo("fourth-secret");
        }
        assertThat(applied).isEmpty();
    }

    @Test
    void theLastSecretStaysWhileTheFileHasNoneThatIsValid() throws Exception {
        try (CapturedLog log = new CapturedLog();
                SecretFile secret = watch(file)) {
            Files.writeString(file, "short");
            await().until(() -> log.lines.contains("WARNING " + file
                    + ": a secret of 5 bytes (expected: a secret of 8 to 64 bytes); the last valid secret stays"
                    + " in use"));
            Files.delete(file);
            await().until(() ->
                    log.lines.contains("WARNING " + file + ": no such file; the last valid secret stays in use"));
            assertThat(secret.get().value()).isEqualTo("first-secret");

            Files.writeString(file, "second-secret");

            assertThat(applied.poll(30, SECONDS)).isEqualTo("second-secret");
            assertThat(log.lines.stream().filter(line -> line.contains(file.toString())))
                    .doesNotHaveDuplicates();
        }
    }

    @Test
    void aCallbackThatFailsEndsNothing() throws Exception {
        try (SecretFile secret = SecretFile.watch(new FileSecret(PASSWORD, file, SecretFile.read(file)), OFTEN, now -> {
            applied.add(now.value());
            throw new AssertionError("as this test wants");
        })) {
            Files.writeString(file, "second-secret");
            assertThat(applied.poll(30, SECONDS)).isEqualTo("second-secret");
            Files.writeString(file, "third-secret");
            assertThat(applied.poll(30, SECONDS)).isEqualTo("third-secret");
            assertThat(secret.get().value()).isEqualTo("third-secret");
        }
    }

    @Test
    void anOpenedFileIsReadAtOnceAndShowsNothing() throws Exception {
        try (SecretFile secret = SecretFile.open(file, OFTEN)) {
            assertThat(secret.get().value()).isEqualTo("first-secret");
            assertThat(secret).hasToString("SecretFile[" + file + "]");
            Files.writeString(file, "2");
            await().until(() -> secret.get().value().equals("2"));
        }
        assertThatThrownBy(() -> SecretFile.open(folder.resolve("none"), OFTEN)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> SecretFile.open(file, Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("interval: PT0S (expected: > 0)");
    }

    private SecretFile watch(Path watched) throws IOException {
        return SecretFile.watch(
                new FileSecret(PASSWORD, watched, SecretFile.read(watched)), OFTEN, now -> applied.add(now.value()));
    }

    /** The lines that the module logs, which end here. */
    private static final class CapturedLog extends Handler implements AutoCloseable {
        private final Logger logger = Logger.getLogger("io.tollgate.config");
        private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

        CapturedLog() {
            logger.addHandler(this);
            logger.setUseParentHandlers(false);
        }

        @Override
        public void publish(LogRecord line) {
            lines.add(line.getLevel() + " " + new SimpleFormatter().formatMessage(line));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {
            logger.removeHandler(this);
            logger.setUseParentHandlers(true);
        }
    }
}
