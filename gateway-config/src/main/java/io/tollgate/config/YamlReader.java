package io.tollgate.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import com.fasterxml.jackson.dataformat.yaml.snakeyaml.error.MarkedYAMLException;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigOriginFactory;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads YAML into typesafe-config's values, each with the line that its key is on. Scalars stay the text that they are. */
final class YamlReader {
    private static final YAMLFactory YAML = new YAMLFactory();

    private final String file;
    private final YAMLParser parser;
    private final List<ConfigProblem> problems;

    private YamlReader(String file, YAMLParser parser, List<ConfigProblem> problems) {
        this.file = file;
        this.parser = parser;
        this.problems = problems;
    }

    @SuppressWarnings("deprecation") // Nothing newer has the problem without a quotation of the file.
    static Optional<Config> read(String file, String text, List<ConfigProblem> problems) {
        try (YAMLParser parser = YAML.createParser(text.startsWith("\ufeff") ? text.substring(1) : text)) {
            return new YamlReader(file, parser, problems).document();
        } catch (MarkedYAMLException e) {
            // The exception's own message quotes the file, which may hold secrets.
            String source = file
                    + (e.getProblemMark() == null
                            ? ""
                            : ":" + (e.getProblemMark().getLine() + 1));
            problems.add(new ConfigProblem(source, "", "not YAML: " + ConfigValues.line(e.getProblem(), 300)));
        } catch (JsonProcessingException e) {
            String source =
                    file + (e.getLocation() == null ? "" : ":" + e.getLocation().getLineNr());
            problems.add(new ConfigProblem(source, "", "not YAML: " + ConfigValues.line(e.getOriginalMessage(), 300)));
        } catch (IOException e) {
            problems.add(
                    new ConfigProblem(file, "", "not YAML: " + ConfigValues.line(String.valueOf(e.getMessage()), 300)));
        }
        return Optional.empty();
    }

    private Optional<Config> document() throws IOException {
        JsonToken first = parser.nextToken();
        if (first == null || first == JsonToken.VALUE_NULL) {
            return Optional.of(ConfigFactory.empty());
        }
        if (first != JsonToken.START_OBJECT) {
            problem("", "not a mapping (expected: keys such as server:)");
            return Optional.empty();
        }
        ConfigObject root = object("");
        if (parser.nextToken() != null) {
            problem("", "a second document (expected: one)");
        }
        return Optional.of(root.toConfig());
    }

    private ConfigObject object(String prefix) throws IOException {
        ConfigOrigin start = origin();
        Map<String, ConfigValue> fields = new HashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            ConfigOrigin origin = origin();
            ConfigValue earlier = fields.get(name);
            if (earlier != null) {
                problem(prefix + name, "duplicate key, first set at " + ConfigValues.source(earlier.origin()));
            }
            parser.nextToken();
            fields.put(name, value(prefix + name + ".").withOrigin(origin));
        }
        return ConfigValueFactory.fromMap(fields).withOrigin(start);
    }

    private ConfigValue value(String prefix) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> object(prefix);
            case START_ARRAY -> array(prefix.substring(0, prefix.length() - 1));
            case VALUE_NULL -> ConfigValueFactory.fromAnyRef(null);
            default -> scalar();
        };
    }

    private ConfigValue array(String path) throws IOException {
        List<ConfigValue> elements = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            ConfigOrigin origin = origin();
            elements.add(value(path + "[" + elements.size() + "].").withOrigin(origin));
        }
        return ConfigValueFactory.fromIterable(elements);
    }

    private ConfigValue scalar() throws IOException {
        if (parser.isCurrentAlias()) {
            problem("", "an alias (expected: the value itself)");
        }
        return ConfigValueFactory.fromAnyRef(parser.getText());
    }

    private void problem(String key, String message) {
        problems.add(new ConfigProblem(ConfigValues.source(origin()), ConfigValues.line(key, 120), message));
    }

    private ConfigOrigin origin() {
        return ConfigOriginFactory.newFile(file)
                .withLineNumber(parser.currentTokenLocation().getLineNr());
    }
}
