package io.tollgate.runner;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the process on SIGTERM and SIGINT: on the first one in order, on the second at once. The JVM's own handlers ignore the
 * second. Reached by reflection, because the compiler warns of each use of {@code sun.misc.Signal}, and no other API has signals.
 */
final class Signals {
    private static final Logger log = LoggerFactory.getLogger(Signals.class);
    private static final int EXIT_STATUS_OF_SIGNAL = 128;

    private final AtomicBoolean ending = new AtomicBoolean();

    private Signals() {}

    /** Takes the place of the JVM's handlers; does nothing if the JVM leaves signals alone, as with {@code -Xrs}. */
    static void handle() {
        Signals signals = new Signals();
        for (String name : List.of("TERM", "INT")) {
            try {
                signals.handle(name);
            } catch (ReflectiveOperationException | RuntimeException e) {
                log.atDebug().setCause(e).addKeyValue("signal", name).log("The signal cannot be handled");
            }
        }
    }

    private void handle(String name) throws ReflectiveOperationException {
        Class<?> signalType = Class.forName("sun.misc.Signal");
        Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
        Object signal = signalType.getConstructor(String.class).newInstance(name);
        int status =
                EXIT_STATUS_OF_SIGNAL + (int) signalType.getMethod("getNumber").invoke(signal);
        InvocationHandler end = (proxy, method, arguments) -> invoke(status, proxy, method, arguments);
        Object handler = Proxy.newProxyInstance(Signals.class.getClassLoader(), new Class<?>[] {handlerType}, end);
        signalType.getMethod("handle", signalType, handlerType).invoke(null, signal, handler);
    }

    private Object invoke(int status, Object proxy, Method method, Object[] arguments) {
        return switch (method.getName()) {
            case "equals" -> proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            case "toString" -> "Signals";
            default -> {
                end(status);
                yield 0; // Of a method that returns nothing.
            }
        };
    }

    private void end(int status) {
        if (ending.compareAndSet(false, true)) {
            new Thread(() -> System.exit(status), "signal").start(); // Blocks until all is closed.
        } else {
            Runtime.getRuntime().halt(status);
        }
    }
}
