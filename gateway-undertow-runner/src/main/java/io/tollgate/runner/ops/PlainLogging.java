package io.tollgate.runner.ops;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.core.spi.ContextAwareBase;

/** What is logged where nothing else says it: in place of logback's own default, which shows every library's DEBUG. */
@ConfiguratorRank(PlainLogging.AFTER_FILES)
public final class PlainLogging extends ContextAwareBase implements Configurator {
    /** Behind whatever reads a logback file, before logback's own default. */
    static final int AFTER_FILES = (ConfiguratorRank.NOMINAL + ConfiguratorRank.FALLBACK) / 2;

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        Logging.startPlain(context);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }
}
