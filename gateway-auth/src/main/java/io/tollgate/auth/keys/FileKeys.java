package io.tollgate.auth.keys;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.tollgate.auth.settings.Settings;
import io.tollgate.auth.threads.DaemonThread;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads keys from files, and again whenever they change, so that replacing a file rotates a signing key without a
 * restart. While a file cannot be read, or has no usable key, the last valid set stays and a warning is logged.
 *
 * <p>The first key that can sign signs, in the order of the files. Owns one thread; close it when done.
 *
 * <pre>{@code
 * FileKeys keys = FileKeys.builder()
 *         .file(Path.of("keys/current.pem"))
 *         .file(Path.of("keys/previous.pem"))
 *         .build();
 * }</pre>
 */
public final class FileKeys implements KeySource, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FileKeys.class);
    private static final int MAX_FILE_BYTES = 256 * 1024;

    private final List<KeyFile> files;
    private final ScheduledExecutorService thread = DaemonThread.scheduler("tollgate-key-files");

    /**
     * The contents of the files from which the keys were made. Used by one thread at a time, as is {@code problem}.
     */
    private List<String> contents;

    private String problem = "";

    private volatile Current current;

    private FileKeys(Builder builder) {
        this.files = List.copyOf(builder.files);
        try {
            this.contents = read();
        } catch (IOException e) {
            throw new UncheckedIOException(e.toString(), e);
        }
        this.current = new Current(parse(contents));
        DaemonThread.repeat(thread, this::reread, builder.checkInterval, builder.checkInterval);
    }

    /** Starts a builder; at least one file must be set. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public CompletionStage<KeySet> keys(KeyQuery query) {
        return current.stage();
    }

    @Override
    public Optional<KeySet> atHand(KeyQuery query) {
        return current.atHand();
    }

    /** Stops checking the files; the keys stay as they are. */
    @Override
    public void close() {
        thread.shutdownNow();
    }

    private void reread() {
        try {
            List<String> now = read();
            if (!now.equals(contents)) {
                KeySet keys = parse(now);
                current = new Current(keys);
                contents = now; // After the keys: what failed once, for want of memory say, is read again.
                LOG.atInfo().addKeyValue("keys", keys).log("key files changed");
            }
            problem = "";
        } catch (Throwable e) { // Errors too, or no file would ever be read again.
            if (!e.toString().equals(problem)) {
                problem = e.toString();
                LOG.atWarn().addKeyValue("reason", problem).log("key files not usable, last valid keys kept");
            }
        }
    }

    private KeySet parse(List<String> texts) {
        List<TokenKey> keys = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            keys.addAll(files.get(i).parse(texts.get(i)));
        }
        return KeySet.of(keys);
    }

    private List<String> read() throws IOException {
        List<String> texts = new ArrayList<>(files.size());
        for (KeyFile file : files) {
            try (InputStream in = Files.newInputStream(file.path())) {
                byte[] bytes = in.readNBytes(MAX_FILE_BYTES + 1);
                if (bytes.length > MAX_FILE_BYTES) {
                    throw new IOException(file.path() + ": too large (expected: at most " + MAX_FILE_BYTES + " bytes)");
                }
                texts.add(new String(bytes, UTF_8));
            }
        }
        return texts;
    }

    /** Returns the files, without a key. */
    @Override
    public String toString() {
        return "FileKeys" + files;
    }

    /** Collects the settings. Not thread-safe. */
    public static final class Builder {
        private final List<KeyFile> files = new ArrayList<>();
        private Duration checkInterval = Duration.ofSeconds(10);

        private Builder() {}

        /** Adds a file behind those that were added before. */
        public Builder file(KeyFile file) {
            files.add(requireNonNull(file, "file"));
            return this;
        }

        /** Adds a file whose keys have their usual algorithms and names. */
        public Builder file(Path path) {
            return file(KeyFile.of(path));
        }

        /** Sets the interval at which the files are checked for changes, 10 milliseconds to 1 day; 10 seconds by default. */
        public Builder checkInterval(Duration interval) {
            this.checkInterval = Settings.within("checkInterval", interval, Duration.ofMillis(10), Duration.ofDays(1));
            return this;
        }

        /**
         * Reads the files, which blocks, and starts to check them for changes.
         *
         * @throws IllegalStateException if no file is set
         * @throws UncheckedIOException if a file cannot be read
         * @throws IllegalArgumentException if a file has no usable key; the message names the file
         */
        public FileKeys build() {
            Settings.required("files", files.isEmpty() ? null : files, "file(...) before build()");
            return new FileKeys(this);
        }
    }
}
