package io.tollgate.runner.auth;

import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Closes things, the last first; one that fails does not keep the others open. */
final class Closing {
    private static final Logger log = LoggerFactory.getLogger(Closing.class);

    private Closing() {}

    static void all(List<AutoCloseable> open) {
        for (int i = open.size() - 1; i >= 0; i--) {
            try {
                open.get(i).close();
            } catch (Throwable e) { // Errors too: the others must not stay open.
                log.warn("could not be closed", e);
            }
        }
        open.clear();
    }
}
