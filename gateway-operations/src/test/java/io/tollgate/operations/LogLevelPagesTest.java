package io.tollgate.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import io.tollgate.api.GatewayException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LogLevelPagesTest {
    private final LoggerContext context = new LoggerContext();
    private final LogLevelPages pages = new LogLevelPages(OperatorAccess.loopback(), context);

    @Test
    void whatIsSetAboveNeverMakesTheBytesOfCallsBeLogged() {
        Logger frames = context.getLogger("io.grpc.netty.NettyClientHandler");

        pages.change(context.getLogger(Logger.ROOT_LOGGER_NAME), Optional.of(Level.TRACE));
        assertThat(frames.getEffectiveLevel()).isEqualTo(Level.WARN);
        pages.change(context.getLogger("io"), Optional.of(Level.DEBUG));
        assertThat(frames.getEffectiveLevel()).isEqualTo(Level.WARN);
        assertThat(context.getLogger("io.tollgate").getEffectiveLevel()).isEqualTo(Level.DEBUG);
        assertThatThrownBy(() -> pages.change(frames, Optional.of(Level.DEBUG))).isInstanceOf(GatewayException.class);
    }

    @Test
    void resettingBringsBackTheLevelThatWasConfigured() {
        Logger logger = context.getLogger("io.tollgate");
        logger.setLevel(Level.ERROR);

        pages.change(logger, Optional.of(Level.DEBUG));
        pages.change(logger, Optional.of(Level.TRACE));
        pages.change(logger, Optional.empty());
        assertThat(logger.getLevel()).isEqualTo(Level.ERROR);

        Logger inheriting = context.getLogger("io.tollgate.runner");
        pages.change(inheriting, Optional.of(Level.INFO));
        pages.change(inheriting, Optional.empty());
        assertThat(inheriting.getLevel()).isNull();
    }

    @Test
    void resettingAfterALevelWasSetAboveNeverMakesTheBytesOfCallsBeLogged() {
        Logger calls = context.getLogger("io.grpc");
        Logger frames = context.getLogger("io.grpc.netty.NettyClientHandler");

        pages.change(calls, Optional.of(Level.ERROR));
        pages.change(context.getLogger(Logger.ROOT_LOGGER_NAME), Optional.of(Level.TRACE));
        pages.change(calls, Optional.empty());

        assertThat(frames.getEffectiveLevel()).isEqualTo(Level.WARN);
    }
}
