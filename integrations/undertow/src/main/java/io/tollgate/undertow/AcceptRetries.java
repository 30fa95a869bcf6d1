package io.tollgate.undertow;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.channels.AcceptingChannel;

/**
 * Keeps a listener from pausing for long after it could not accept a connection, as when file descriptors run out. XNIO pauses
 * for 250 ms the first time and four times as long after each further failure, up to 30 s, and has no setting for it. To forget
 * the failures once a second, in the way in which XNIO itself forgets them after a success, needs reflection; if a version of
 * XNIO has other names, its pauses stay as they are.
 */
final class AcceptRetries {
    private static final Logger log = LoggerFactory.getLogger(AcceptRetries.class);

    private final List<Object> handles;
    private final Method reset;

    private AcceptRetries(List<Object> handles, Method reset) {
        this.handles = handles;
        this.reset = reset;
    }

    /** Returns the retries of a listener; empty for one of another kind. */
    static Optional<AcceptRetries> of(AcceptingChannel<?> listener) {
        try {
            Object server = field(listener, "realServer");
            Object[] handles = (Object[]) field(server, "handles");
            Method reset = handles[0].getClass().getDeclaredMethod("resetBackOff");
            reset.setAccessible(true);
            return Optional.of(new AcceptRetries(List.of(handles), reset));
        } catch (ReflectiveOperationException | RuntimeException e) {
            log.atWarn()
                    .setCause(e)
                    .log("This version of XNIO pauses for up to 30 s when it cannot accept a connection");
            return Optional.empty();
        }
    }

    /** Returns the value of a field that XNIO does not show. */
    static Object field(Object of, String name) throws ReflectiveOperationException {
        Field field = of.getClass().getDeclaredField(name);
        field.setAccessible(true);
        return field.get(of);
    }

    /** Makes the next pause a short one. */
    void forgetFailures() {
        try {
            for (Object handle : handles) {
                reset.invoke(handle);
            }
        } catch (ReflectiveOperationException e) {
            log.atDebug().setCause(e).log("The pause of a listener cannot be reset");
        }
    }
}
