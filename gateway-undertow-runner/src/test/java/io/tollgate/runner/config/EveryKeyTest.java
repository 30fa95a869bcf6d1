package io.tollgate.runner.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.config.ConfigException;
import io.tollgate.config.ConfigKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every row of the table. */
class EveryKeyTest {
    @TempDir
    Path folder;

    static Stream<ConfigKey<?>> keys() {
        return ConfigKeys.all().stream();
    }

    @Test
    void hasASample() {
        assertThat(Samples.BY_KEY.keySet())
                .containsExactlyInAnyOrderElementsOf(keys().map(ConfigKey::name).toList());
    }

    @Test
    void hasANameAndAVariableOfItsOwn() {
        assertThat(keys().map(ConfigKey::name)).doesNotHaveDuplicates();
        assertThat(keys().map(ConfigKey::variable)).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("keys")
    void isSetByItsVariable(ConfigKey<?> key) {
        Map<String, String> environment = variables(settingsFor(key));

        LoadedConfig loaded = ConfigLoader.load(Optional.empty(), environment);

        assertThat(sourceOf(key, loaded)).isEqualTo("variable " + key.variable());
        assertChanges(key, loaded);
    }

    static Stream<ConfigKey<?>> secrets() {
        return keys().filter(ConfigKey::secret);
    }

    @ParameterizedTest
    @MethodSource("secrets")
    void isSetByAFileIfItIsASecret(ConfigKey<?> key) throws IOException {
        Map<String, String> environment = variables(settingsFor(key));
        environment.remove(key.variable());
        Path file = Files.writeString(folder.resolve("secret"), Samples.BY_KEY.get(key.name()) + "\n");
        environment.put(key.variable() + "_FILE", file.toString());

        LoadedConfig loaded = ConfigLoader.load(Optional.empty(), environment);

        assertThat(sourceOf(key, loaded)).isEqualTo("variable " + key.variable() + "_FILE, file " + file);
        assertThat(loaded.warnings()).noneMatch(warning -> warning.contains("_FILE"));
        assertChanges(key, loaded);
    }

    @ParameterizedTest
    @MethodSource("keys")
    void isSetInYaml(ConfigKey<?> key) throws IOException {
        Path file = Files.writeString(folder.resolve("config.yaml"), yaml(settingsFor(key)));

        LoadedConfig loaded = ConfigLoader.load(Optional.of(file), Map.of());

        assertThat(sourceOf(key, loaded)).startsWith(file + ":");
        assertChanges(key, loaded);
    }

    @ParameterizedTest
    @MethodSource("keys")
    void isSetInHocon(ConfigKey<?> key) throws IOException {
        String hocon = settingsFor(key).entrySet().stream()
                .map(e -> e.getKey() + " = " + quoted(e.getValue()))
                .collect(Collectors.joining("\n"));
        Path file = Files.writeString(folder.resolve("gateway.conf"), hocon);

        LoadedConfig loaded = ConfigLoader.load(Optional.of(file), Map.of());

        assertThat(sourceOf(key, loaded)).startsWith(file + ":");
        assertChanges(key, loaded);
    }

    @ParameterizedTest
    @MethodSource("keys")
    void isOverriddenByItsVariable(ConfigKey<?> key) throws IOException {
        // The file's value is no value at all, which must not matter.
        Map<String, String> inFile = new LinkedHashMap<>(settingsFor(key));
        inFile.put(key.name(), "\\u0000");
        Path file = Files.writeString(folder.resolve("config.yml"), yaml(inFile));

        LoadedConfig loaded =
                ConfigLoader.load(Optional.of(file), Map.of(key.variable(), Samples.BY_KEY.get(key.name())));

        assertThat(sourceOf(key, loaded)).isEqualTo("variable " + key.variable());
        assertChanges(key, loaded);
    }

    @ParameterizedTest
    @MethodSource("keys")
    void isDocumented(ConfigKey<?> key) {
        String file = key.fileVariable().map(name -> ", `" + name + "`").orElse("");
        assertThat(KeyTables.all()).contains("| `" + key.name() + "` | `" + key.variable() + "`" + file + " | ");
        assertThat(ConfigKeys.listing()).contains(key.name(), key.variable(), key.meaning(), key.expected());
        key.fileVariable()
                .ifPresent(name -> assertThat(ConfigKeys.listing())
                        .contains("    " + key.variable() + ", or " + name + " with the path of a file\n"));
    }

    /** The key's sample and what it needs, with a secret as the gateway needs one always. */
    private static Map<String, String> settingsFor(ConfigKey<?> key) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("jwt.secret_key", Samples.SECRET);
        settings.putAll(Samples.NEEDED.getOrDefault(key.name(), Map.of()));
        settings.put(key.name(), Samples.BY_KEY.get(key.name()));
        return settings;
    }

    private static void assertChanges(ConfigKey<?> key, LoadedConfig loaded) {
        Map<String, String> without = new HashMap<>(settingsFor(key));
        without.remove(key.name());
        without.putIfAbsent("jwt.secret_key", Samples.SECRET);
        try {
            assertThat(loaded.config()).isNotEqualTo(GatewayConfig.of(without));
        } catch (ConfigException e) { // what it needs is wrong without it, which is an effect too
            assertThat(e).hasMessageContaining(key.name());
        }
    }

    private static String sourceOf(ConfigKey<?> key, LoadedConfig loaded) {
        return loaded.settings().stream()
                .filter(setting -> setting.key() == key)
                .findFirst()
                .orElseThrow()
                .source();
    }

    private static Map<String, String> variables(Map<String, String> settings) {
        return keys().filter(key -> settings.containsKey(key.name()))
                .collect(Collectors.toMap(ConfigKey::variable, key -> settings.get(key.name())));
    }

    /** One nested mapping per key, which YAML's flow style allows on one line; sections are merged. */
    private static String yaml(Map<String, String> settings) {
        Map<String, Object> root = new LinkedHashMap<>();
        settings.forEach((name, value) -> put(root, name, value));
        return flow(root);
    }

    @SuppressWarnings("unchecked")
    private static void put(Map<String, Object> section, String name, String value) {
        int dot = name.indexOf('.');
        if (dot < 0) {
            section.put(name, value);
        } else {
            Object child = section.computeIfAbsent(name.substring(0, dot), n -> new LinkedHashMap<String, Object>());
            put((Map<String, Object>) child, name.substring(dot + 1), value);
        }
    }

    private static String flow(Object node) {
        return node instanceof Map<?, ?> map
                ? map.entrySet().stream()
                        .map(e -> e.getKey() + ": " + flow(e.getValue()))
                        .collect(Collectors.joining(", ", "{", "}"))
                : quoted(String.valueOf(node));
    }

    private static String quoted(String text) {
        return "\"" + text.replace("\"", "\\\"") + "\"";
    }
}
