package io.tollgate.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import io.tollgate.api.http.AddressRange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a file or a variable has in it, it is read or rejected with one line for each problem, and no secret is shown. */
class ConfigFuzzTest {
    private static final String SECRET = "hunter2-hunter2";
    private static final int MAX_LINE = 1000;

    private static final ConfigKey<Integer> PORT =
            ConfigKey.of("server.port", ValueType.integer("a port", 1, 65535), "8080", "The port");
    private static final ConfigKey<Duration> TIMEOUT =
            ConfigKey.of("server.timeout", ValueType.duration("1ms", "1h"), "30s", "The time");
    private static final ConfigKey<Long> SIZE =
            ConfigKey.of("server.size", ValueType.size("1B", "1GiB"), "1KiB", "The size");
    private static final ConfigKey<List<AddressRange>> PROXIES =
            ConfigKey.of("server.proxies", ValueType.listOf(ValueType.addressRange()), "", "The proxies");
    private static final ConfigKey<Secret> PASSWORD =
            ConfigKey.secret("store.password", ValueType.secret(8, 64), "The password");
    private static final ConfigKey<List<String>> NAMES =
            ConfigKey.of("names", ValueType.structured("a list of sections", ConfigFuzzTest::names), null, "The names");
    private static final List<ConfigKey<?>> KEYS = List.of(PORT, TIMEOUT, SIZE, PROXIES, PASSWORD, NAMES);
    private static final ConfigReader READER = ConfigReader.of(KEYS);

    @TempDir
    Path folder;

    @FuzzTest
    void yamlIsReadOrRejected(byte[] bytes) throws IOException {
        String text = "store.password: \"" + SECRET + "\"\n" + new String(bytes, UTF_8);
        Optional<ConfigValues> values = read("fuzz.yaml", text.getBytes(UTF_8));

        values.ifPresent(v -> {
            assertThat(v.get(PASSWORD).value()).isEqualTo(SECRET);
            assertThat(isYaml(text)).as("what is read is YAML").isTrue();
        });
    }

    @FuzzTest
    void hoconIsReadOrRejected(byte[] bytes) throws IOException {
        String text = "store.password = \"" + SECRET + "\"\n" + new String(bytes, UTF_8);
        // An include reads what the operator says, files and URLs alike.
        assumeThat(text).doesNotContain("include");

        read("fuzz.conf", text.getBytes(UTF_8))
                .ifPresent(v -> assertThat(v.has(PASSWORD)).isTrue());
    }

    @FuzzTest
    void filesThatAreNoTextAreRejected(byte[] bytes) throws IOException {
        assumeThat(new String(bytes, UTF_8)).doesNotContain("include");
        for (String name : List.of("fuzz.yml", "fuzz.json")) {
            read(name, bytes);
        }
    }

    /** Each line is the value of one key; a value that is read is within the bounds of its type. */
    @FuzzTest
    void variablesAreReadOrRejected(byte[] bytes) {
        String[] lines = new String(bytes, UTF_8).split("\n", KEYS.size());
        Map<String, String> environment = new HashMap<>();
        for (int i = 0; i < lines.length; i++) {
            environment.put(KEYS.get(i).variable(), lines[i]);
        }
        ConfigValues values = READER.read(Optional.empty(), environment);

        assertShowsNothing(values);
        values.find(PORT).ifPresent(port -> assertThat(port).isBetween(1, 65535));
        values.find(TIMEOUT)
                .ifPresent(timeout -> assertThat(timeout).isBetween(Duration.ofMillis(1), Duration.ofHours(1)));
        values.find(SIZE).ifPresent(size -> assertThat(size).isBetween(1L, 1L << 30));
        values.find(PASSWORD).ifPresent(password -> assertThat(password.bytes()).hasSizeBetween(8, 64));
        values.find(PROXIES)
                .ifPresent(proxies -> proxies.forEach(proxy ->
                        assertThat(AddressRange.parse(proxy.toString())).isEqualTo(proxy)));
    }

    private Optional<ConfigValues> read(String name, byte[] content) throws IOException {
        Path file = Files.write(folder.resolve(name), content);
        try {
            ConfigValues values = READER.read(Optional.of(file), Map.of("HOME", "/home"));
            assertShowsNothing(values);
            values.requireValid();
            return Optional.of(values);
        } catch (ConfigException e) {
            assertThat(e.problems()).isNotEmpty();
            e.problems().forEach(problem -> assertOneLine(problem.toString()));
            return Optional.empty();
        }
    }

    private static void assertShowsNothing(ConfigValues values) {
        values.settings()
                .forEach(setting -> assertThat(setting.value())
                        .doesNotContain(SECRET)
                        .hasSizeLessThan(10_000)
                        .matches(text -> text.chars().noneMatch(Character::isISOControl)));
    }

    private static void assertOneLine(String problem) {
        assertThat(problem)
                .doesNotContain(SECRET)
                .hasSizeLessThan(MAX_LINE)
                .matches(text -> text.chars().noneMatch(Character::isISOControl), "one line");
    }

    private static boolean isYaml(String text) {
        try (YAMLParser parser = new YAMLFactory().createParser(text)) {
            JsonToken token;
            do {
                token = parser.nextToken();
            } while (token != null);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static List<String> names(ConfigNode node) {
        List<String> names = new ArrayList<>();
        node.elements("a list").forEach(element -> {
            element.take("name", ValueType.text(10), false).ifPresent(names::add);
            element.take("secret", ValueType.secret(1, 10), true);
            element.noOtherFields();
        });
        return names;
    }
}
