package io.tollgate.runner.logging;

import io.tollgate.operations.logging.LogLines;
import io.tollgate.runner.config.Environment;
import io.tollgate.runner.config.GatewayConfig;
import java.io.OutputStream;
import org.slf4j.bridge.SLF4JBridgeHandler;
import org.slf4j.event.Level;

/** Configures log lines as a gateway's configuration says: JSON in production, readable lines elsewhere. */
public final class GatewayLogging {
    private GatewayLogging() {}

    /**
     * Starts writing the log lines of this process, those of {@code java.util.logging} included, to {@code out}.
     *
     * @param out is flushed after each line, and never closed
     * @see LogLines.Builder#start(OutputStream)
     */
    public static LogLines start(GatewayConfig config, OutputStream out) {
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
        return lines(config).start(out);
    }

    static LogLines.Builder lines(GatewayConfig config) {
        Environment environment = config.app().environment();
        Level usual = environment == Environment.DEVELOPMENT ? Level.DEBUG : Level.INFO;
        LogLines.Builder lines = lines().level(config.log().level().orElse(usual));
        return environment == Environment.PRODUCTION ? lines.json(config.app().name()) : lines;
    }

    /** Returns readable lines of level INFO, and warnings only of libraries whose other lines are of no use to operators. */
    static LogLines.Builder lines() {
        return LogLines.builder()
                .application("io.tollgate")
                .quiet("io.grpc", "io.undertow", "org.xnio", "org.jboss", "redis.clients");
    }
}
