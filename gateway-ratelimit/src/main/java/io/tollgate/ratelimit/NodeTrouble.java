package io.tollgate.ratelimit;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The present problem of one node of Redis, if any. Logs each cause once, and not more often than {@link LogPermits} permits. Changed by one thread, read by any.
 */
final class NodeTrouble {
    private final Logger log;
    private final String name;
    private final ErrorTexts texts;
    private final LogPermits permits = new LogPermits();
    private volatile @Nullable String cause;
    /** True if only a decision can end the trouble, since a connection is there. */
    private volatile boolean refuses;

    private String logged = "";

    NodeTrouble(Logger log, String name, ErrorTexts texts) {
        this.log = log;
        this.name = name;
        this.texts = texts;
    }

    /** Returns the cause of the present trouble. */
    Optional<String> cause() {
        return Optional.ofNullable(cause);
    }

    /** Records that a connection was lost or could not be made, and returns the cause. */
    String lost(Throwable problem) {
        String text = texts.of(problem);
        if (isNews(text)) {
            log.warn("Redis {} is lost: {}{}", name, text, permits.withheld());
        } else {
            log.debug("Redis {} is still lost: {}", name, text);
        }
        if (problem instanceof Error) {
            log.debug("Redis {}: after an error", name, problem);
        }
        // A node that refuses to decide is lost in order to connect to a better one, and refuses until it decides.
        if (!text.equals(cause)) {
            refuses = false;
            cause = text;
        }
        return text;
    }

    /** Records that a node which can be reached returns this error to every decision, and returns its text. */
    String refused(@Nullable String error) {
        String text = texts.of(error);
        if (isNews(text)) {
            log.warn("Redis {} does not decide: {}{}", name, text, permits.withheld());
        }
        refuses = true;
        cause = text;
        return text;
    }

    /** Records that there is a connection. */
    void connected() {
        if (!refuses) {
            cause = null;
        }
    }

    /** Records that the node has done what it is there for. */
    void worked() {
        if (cause != null || !logged.isEmpty()) {
            cause = null;
            refuses = false;
            if (!logged.isEmpty()) {
                logged = "";
                log.info("Redis {} is available again", name);
            }
        }
    }

    private boolean isNews(String text) {
        if (text.equals(logged) || !permits.take()) {
            return false;
        }
        logged = text;
        return true;
    }
}
