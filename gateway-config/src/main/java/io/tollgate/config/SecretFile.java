package io.tollgate.config;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A secret in a file of its own, as Docker and Kubernetes mount them, which is read again and again:
 *
 * <pre>{@code
 * SecretFile password = SecretFile.open(Path.of("/run/secrets/redis-password"), Duration.ofSeconds(1));
 * RedisRateLimiter limiter = RedisRateLimiter.builder()
 *         .password(() -> password.get().value())
 *         .build();
 * }</pre>
 *
 * <p>The file is UTF-8 text of at most 64 KiB; one line ending at its end, {@code \n} or {@code \r\n}, is not part of the secret. A
 * change is noticed by the content, whether the file was replaced, written in place, or is reached by a symbolic link that
 * points elsewhere, and is applied when two looks in a row find the same, so that no half of a secret is. While the file cannot be
 * read, or has no secret in it, the last one stays and a warning is logged, which names the file and never its content.
 *
 * <p>Thread-safe; {@link #get} never blocks. Owns one thread; close it when done.
 */
public final class SecretFile implements Supplier<Secret>, AutoCloseable {
    static final int MAX_BYTES = 64 * 1024;

    private static final Logger log = System.getLogger("io.tollgate.config");

    private final Path file;
    private final ValueType<Secret> type;
    private final Consumer<Secret> onChange;
    private final long intervalNanos;
    private final Thread thread;
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile Secret current;
    // Used by the thread alone: what the look before found wrong, and what was reported.
    private String problem = "";
    private String reported = "";

    private SecretFile(
            Path file, ValueType<Secret> type, Secret current, Duration interval, Consumer<Secret> onChange) {
        if (interval.isNegative() || interval.isZero()) {
            throw new IllegalArgumentException("interval: " + interval + " (expected: > 0)");
        }
        this.file = requireNonNull(file, "file");
        this.type = requireNonNull(type, "type");
        this.current = requireNonNull(current, "current");
        this.onChange = requireNonNull(onChange, "onChange");
        this.intervalNanos = interval.toNanos();
        this.thread = new Thread(this::run, "tollgate-secret-file");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Reads the secret, which blocks, and goes on to look at the file.
     *
     * @param interval the time between two looks; more than zero
     * @throws IOException if there is no secret in the file; the message names the file, and never its content
     */
    public static SecretFile open(Path file, Duration interval) throws IOException {
        return new SecretFile(file, ValueType.secret(1, MAX_BYTES), read(file), interval, secret -> {});
    }

    /**
     * Looks at the file of a secret that a {@link ConfigReader} read.
     *
     * @param read the secret, whose key says how long a new one may be
     * @param interval the time between two looks; more than zero
     * @param onChange called on the thread of the looks with each new secret, after {@link #get} returns it
     */
    public static SecretFile watch(FileSecret read, Duration interval, Consumer<Secret> onChange) {
        return new SecretFile(read.file(), read.key().type(), read.value(), interval, onChange);
    }

    /**
     * Reads a secret once. Blocks.
     *
     * @throws IOException if there is none in the file; the message names the file, and never its content
     */
    public static Secret read(Path file) throws IOException {
        byte[] bytes;
        try {
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                throw problem(file, "not a file"); // To open a pipe would wait for its writer.
            }
            try (InputStream in = Files.newInputStream(file)) {
                bytes = in.readNBytes(MAX_BYTES + 1);
            }
        } catch (NoSuchFileException e) {
            throw problem(file, "no such file");
        } catch (SecretException e) {
            throw e;
        } catch (IOException e) {
            throw problem(file, "cannot be read (" + e.getClass().getSimpleName() + ")");
        }
        if (bytes.length > MAX_BYTES) {
            throw problem(file, "too large (expected: a secret, at most " + MAX_BYTES + " bytes)");
        }
        String text = withoutLineEnding(decoded(file, bytes));
        if (text.isBlank()) {
            throw problem(file, "empty (expected: a secret)");
        }
        return new Secret(text);
    }

    private static String decoded(Path file, byte[] bytes) throws IOException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw problem(file, "not UTF-8 (expected: a secret as text)");
        }
    }

    private static String withoutLineEnding(String text) {
        if (text.endsWith("\r\n")) {
            return text.substring(0, text.length() - 2);
        }
        return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    }

    private static SecretException problem(Path file, String what) {
        return new SecretException(file + ": " + what);
    }

    /** Has no cause, whose message may quote what was read. */
    private static final class SecretException extends IOException {
        SecretException(String message) {
            super(message);
        }
    }

    /** Returns the latest secret that was good. */
    @Override
    public Secret get() {
        return current;
    }

    private void run() {
        Secret before = null;
        while (!isClosedWithin(intervalNanos)) {
            try {
                before = look(before);
            } catch (Throwable e) {
                // Not even a log that fails may end the looks.
                before = null;
            }
        }
    }

    /** Returns what is in the file; null if that is no secret. */
    private @Nullable Secret look(@Nullable Secret before) {
        Secret now;
        try {
            now = read(file);
        } catch (IOException e) {
            report(String.valueOf(e.getMessage()));
            return null;
        }
        if (now.equals(current)) {
            worked();
        } else if (now.equals(before)) {
            apply(now);
        }
        return now;
    }

    private void apply(Secret now) {
        try {
            type.parse(now.value());
        } catch (BadValue e) {
            report(file + ": " + e.shown("", true) + " (expected: " + type.expected() + ")");
            return;
        }
        worked();
        current = now;
        try {
            onChange.accept(now);
        } catch (Throwable e) {
            log.log(Level.ERROR, "the callback for a change of " + file + " failed", e);
        }
    }

    private void worked() {
        problem = "";
        reported = "";
    }

    /** Reports what two looks in a row find: a file is empty for a moment while it is written in place. */
    private void report(String what) {
        boolean stays = what.equals(problem);
        problem = what;
        if (stays && !what.equals(reported)) {
            reported = what;
            log.log(Level.WARNING, "{0}; the last valid secret stays in use", what);
        }
    }

    private boolean isClosedWithin(long nanos) {
        try {
            return closed.await(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            // The callback interrupted this thread, which only close() ends.
            return false;
        }
    }

    /** Ends the looks, without waiting for one that is in progress; the secret stays. */
    @Override
    public void close() {
        closed.countDown();
    }

    /** Returns the file, without its content. */
    @Override
    public String toString() {
        return "SecretFile[" + file + "]";
    }
}
