package io.tollgate.runner.config;

import java.util.List;

/**
 * A configuration that was read and found right.
 *
 * @param settings every value that is set, defaults included, in the order of {@link ConfigKeys#all()}
 * @param warnings what is allowed and still likely a mistake, each a sentence without its full stop
 */
public record LoadedConfig(GatewayConfig config, List<Setting> settings, List<String> warnings) {
    public LoadedConfig {
        settings = List.copyOf(settings);
        warnings = List.copyOf(warnings);
    }
}
