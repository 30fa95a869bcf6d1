package io.tollgate.runner.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigOriginFactory;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Reads YAML into typesafe-config's values, each with the line it is on. Scalars stay the text that they are. */
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

    static Config read(String file, String text, List<ConfigProblem> problems) {
        try (YAMLParser parser = YAML.createParser(text.startsWith("\ufeff") ? text.substring(1) : text)) {
            return new YamlReader(file, parser, problems).document();
        } catch (JsonProcessingException e) {
            String line = e.getLocation() == null ? "" : ":" + e.getLocation().getLineNr();
            problems.add(new ConfigProblem(file + line, "", "not YAML: " + Values.printable(e.getOriginalMessage())));
        } catch (IOException e) {
            problems.add(new ConfigProblem(file, "", "not YAML: " + Values.printable(String.valueOf(e.getMessage()))));
        }
        return ConfigFactory.empty();
    }

    private Config document() throws IOException {
        JsonToken first = parser.nextToken();
        if (first == null) {
            return ConfigFactory.empty();
        }
        if (first != JsonToken.START_OBJECT) {
            if (first != JsonToken.VALUE_NULL) {
                problem("", "not a mapping (expected: keys such as server:)");
            }
            return ConfigFactory.empty();
        }
        ConfigObject root = object();
        if (parser.nextToken() != null) {
            problem("", "a second document (expected: one)");
        }
        return root.toConfig();
    }

    private ConfigObject object() throws IOException {
        ConfigOrigin origin = origin();
        ConfigObject object = ConfigFactory.empty().root().withOrigin(origin);
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            if (object.containsKey(name)) {
                problem(
                        name,
                        "said twice, also in " + Values.source(object.get(name).origin()));
            }
            parser.nextToken();
            object = object.withValue(name, value());
        }
        return object;
    }

    private ConfigValue value() throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> object();
            case START_ARRAY -> array();
            case VALUE_NULL -> ConfigValueFactory.fromAnyRef(null).withOrigin(origin());
            default -> scalar();
        };
    }

    private ConfigValue array() throws IOException {
        ConfigOrigin origin = origin();
        List<ConfigValue> elements = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            elements.add(value());
        }
        return ConfigValueFactory.fromIterable(elements).withOrigin(origin);
    }

    private ConfigValue scalar() throws IOException {
        if (parser.isCurrentAlias()) {
            problem("", "an alias (expected: the value itself)");
        }
        return ConfigValueFactory.fromAnyRef(parser.getText()).withOrigin(origin());
    }

    private void problem(String key, String message) {
        problems.add(new ConfigProblem(Values.source(origin()), Values.printable(key), message));
    }

    private ConfigOrigin origin() {
        return ConfigOriginFactory.newFile(file)
                .withLineNumber(parser.currentTokenLocation().getLineNr());
    }
}
