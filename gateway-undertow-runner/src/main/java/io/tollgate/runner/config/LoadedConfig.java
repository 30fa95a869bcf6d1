package io.tollgate.runner.config;

import static java.util.Objects.requireNonNull;

import io.tollgate.config.ConfigKey;
import io.tollgate.config.ConfigValues;
import io.tollgate.config.Setting;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** A configuration that was read and found right. Immutable. */
public final class LoadedConfig {
    private final GatewayConfig config;
    private final List<String> warnings;
    private final Optional<ConfigSource> source;
    private final Map<ConfigKey<?>, Object> values;

    LoadedConfig(GatewayConfig config, ConfigValues values, List<String> warnings, Optional<ConfigSource> source) {
        this.config = requireNonNull(config, "config");
        this.warnings = List.copyOf(warnings);
        this.source = requireNonNull(source, "source");
        this.values = values.parsed();
    }

    /** Returns the configuration. */
    public GatewayConfig config() {
        return config;
    }

    /** Returns every value that is set, defaults included, in the order of {@link ConfigKeys#all()}. Unmodifiable. */
    public List<Setting> settings() {
        return config.settings().all();
    }

    /** Returns what is allowed and still likely a mistake, each a sentence without its full stop. Unmodifiable. */
    public List<String> warnings() {
        return warnings;
    }

    /** Returns the file that it was read from, if there was one. */
    public Optional<ConfigSource> source() {
        return source;
    }

    /** Returns the names of the keys that have another value in {@code other}, sorted. */
    public Set<String> changes(LoadedConfig other) {
        Set<String> changed = new TreeSet<>();
        for (ConfigKey<?> key : ConfigKeys.all()) {
            if (!Objects.equals(values.get(key), other.values.get(key))) {
                changed.add(key.name());
            }
        }
        return changed;
    }

    /** The configuration, without secrets. */
    @Override
    public String toString() {
        return config.toString();
    }
}
