package io.tollgate.ratelimit;

import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;

/** Logs a problem as a warning the first time, and at debug level from then on. Never throws, even if the log does. */
final class Once {
    private final AtomicBoolean warned = new AtomicBoolean();

    void warn(Logger log, String message, Throwable problem) {
        try {
            if (warned.compareAndSet(false, true)) {
                log.warn("{}; this is logged once", message, problem);
            } else {
                log.debug("{}", message, problem);
            }
        } catch (Throwable e) {
            // There is nowhere left to report to.
        }
    }
}
