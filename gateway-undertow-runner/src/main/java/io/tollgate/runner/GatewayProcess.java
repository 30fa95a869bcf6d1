package io.tollgate.runner;

import io.tollgate.config.FileWatch;
import io.tollgate.operations.logging.LogLines;
import io.tollgate.operations.process.OutOfMemory;
import io.tollgate.runner.config.GatewayConfig;
import io.tollgate.runner.config.LoadedConfig;
import io.tollgate.runner.logging.GatewayLogging;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** Runs a gateway until the process is asked to end, by SIGTERM or SIGINT, and then drains it; a second one ends it at once. */
final class GatewayProcess implements CommandLine.Launcher {
    private static final Logger log = LoggerFactory.getLogger(Gateway.class);

    private final OutputStream logLines;
    private final Consumer<Gateway.Builder> customizer;

    GatewayProcess(OutputStream logLines, Consumer<Gateway.Builder> customizer) {
        this.logLines = logLines;
        this.customizer = customizer;
    }

    @Override
    public void launch(LoadedConfig loaded) {
        GatewayConfig config = loaded.config();
        OutOfMemory.endsTheProcess();
        LogLines logging = GatewayLogging.start(config, logLines);
        OutOfMemory.watchLog();
        Gateway gateway = start(config, logging);
        Optional<FileWatch> watch = watch(loaded, gateway);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(gateway, watch, logging), "shutdown"));
        Signals.handle();
        loaded.warnings().forEach(log::warn);
        log.atInfo()
                .addKeyValue("address", address(config.server().http().host(), gateway))
                .addKeyValue("tls", config.server().http().tls().enabled())
                .addKeyValue("environment", config.app().environment().name().toLowerCase(Locale.ROOT))
                .addKeyValue("version", config.app().version())
                .log("listening");
        sayWhatToOpen(config, gateway);
    }

    private static void sayWhatToOpen(GatewayConfig config, Gateway gateway) {
        LoggingEventBuilder line = log.atInfo();
        if (config.docs().ui()) {
            line = line.addKeyValue("api", gateway.url() + "/docs");
        }
        if (gateway.adminUrl().isPresent()) {
            line = line.addKeyValue("live", gateway.adminUrl().get() + "/");
        }
        line.log("pages for a browser");
    }

    private Gateway start(GatewayConfig config, LogLines logging) {
        try {
            Gateway.Builder builder = Gateway.builder(config);
            customizer.accept(builder);
            return builder.start();
        } catch (GatewayStartException e) {
            logging.close();
            throw e;
        } catch (RuntimeException e) {
            // Not foreseen, so its trace is worth having.
            log.error("cannot start", e);
            logging.close();
            throw new GatewayStartException("cannot start: " + e, e);
        }
    }

    private static String address(String host, Gateway gateway) {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":"
                + gateway.address().getPort();
    }

    /** Looks after the file, where there is one and that is wanted. */
    private static Optional<FileWatch> watch(LoadedConfig loaded, Gateway gateway) {
        Duration interval = loaded.config().rateLimit().reloadInterval();
        return loaded.source()
                .filter(source -> !interval.isZero())
                .map(source -> new FileWatch(source.file(), interval, new PolicyReload(source, loaded, gateway)));
    }

    private static void stop(Gateway gateway, Optional<FileWatch> watch, LogLines logging) {
        log.info("stopping");
        try {
            gateway.close();
            watch.ifPresent(FileWatch::close);
            log.info("stopped");
        } catch (RuntimeException e) {
            log.error("did not stop in order", e);
        } finally {
            logging.close();
        }
    }
}
