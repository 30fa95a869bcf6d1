package io.tollgate.runner.logging;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.core.spi.ContextAwareBase;

/** Replaces Logback's default configuration, which writes every library's DEBUG, until {@link GatewayLogging} starts. */
@ConfiguratorRank(PlainLogging.AFTER_FILES)
public final class PlainLogging extends ContextAwareBase implements Configurator {
    /** After the configurators that read a file, before Logback's default. */
    static final int AFTER_FILES = (ConfiguratorRank.NOMINAL + ConfiguratorRank.FALLBACK) / 2;

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        GatewayLogging.lines().configure(context, System.out);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }
}
