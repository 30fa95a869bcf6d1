package io.tollgate.runner;

import io.tollgate.config.ConfigException;
import io.tollgate.runner.config.ConfigSource;
import io.tollgate.runner.config.LoadedConfig;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads a configuration file again, and replaces the policies of a running gateway with those that it describes. */
final class PolicyReload implements Runnable {
    private static final Logger log = LoggerFactory.getLogger(Gateway.class);

    /** The keys, or their beginnings, of settings that apply at once. */
    private static final List<String> LIVE =
            List.of("redis.token_bucket.", "rate_limit.policies", "rate_limit.default_policy", "rate_limit.on_outage");

    private final ConfigSource source;
    private final Gateway gateway;
    private LoadedConfig current;

    PolicyReload(ConfigSource source, LoadedConfig current, Gateway gateway) {
        this.source = source;
        this.current = current;
        this.gateway = gateway;
    }

    /** Returns whether a change of this key applies without a restart. */
    static boolean isLive(String key) {
        return LIVE.stream().anyMatch(key::startsWith);
    }

    /** Reads the file. A mistake in it is logged, and changes nothing. */
    @Override
    public void run() {
        try {
            apply(source.read());
        } catch (ConfigException | IllegalArgumentException e) {
            log.error("{} has changed and is not reloaded: {}", source, e.getMessage());
        } catch (Throwable e) { // An error must not end the watch over the file.
            log.error("{} has changed and could not be reloaded", source, e);
        }
    }

    private void apply(LoadedConfig now) {
        Set<String> changed = current.changes(now);
        // Their files are watched by themselves.
        now.config()
                .settings()
                .files()
                .forEach(secret -> changed.remove(secret.key().name()));
        if (changed.removeIf(PolicyReload::isLive)) {
            gateway.reload(now.config());
            log.info("{} has changed, and the rate limits with it", source);
        }
        current = now;
        if (!changed.isEmpty()) {
            log.warn("{} has changed in settings that need a restart to apply: {}", source, String.join(", ", changed));
        }
    }
}
