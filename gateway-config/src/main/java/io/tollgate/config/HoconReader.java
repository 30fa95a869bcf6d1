package io.tollgate.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigResolver;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads HOCON and JSON. {@code ${VARIABLE}} is one of the environment. */
final class HoconReader {
    static final String TOO_DEEP = "nested too deeply";

    /** The at sign follows the password of a URL. */
    private static final Pattern SENSITIVE = Pattern.compile("secret|password|token|key|@", Pattern.CASE_INSENSITIVE);

    private HoconReader() {}

    static Optional<Config> read(
            Path file, String text, Map<String, String> environment, List<ConfigProblem> problems) {
        try {
            return Optional.of(ConfigFactory.parseFile(
                            file.toFile(), ConfigParseOptions.defaults().setAllowMissing(false))
                    .resolve(ConfigResolveOptions.noSystem().appendResolver(new Variables(environment))));
        } catch (ConfigException e) {
            String source = e.origin() == null ? file.toString() : ConfigValues.source(e.origin());
            problems.add(new ConfigProblem(source, "", "not HOCON: " + message(e, text)));
        } catch (StackOverflowError e) {
            // The parser recurses, and has no limit of its own.
            problems.add(new ConfigProblem(file.toString(), "", "not HOCON: " + TOO_DEEP));
        }
        return Optional.empty();
    }

    /** Returns the parser's message, without the place, which the problem has, and without a line that may hold a secret. */
    private static String message(ConfigException e, String text) {
        // These two name a variable and a file; all others may quote values.
        boolean quotes = !(e instanceof ConfigException.UnresolvedSubstitution || e instanceof ConfigException.IO);
        if (quotes && quotesASecret(e, text)) {
            return "a syntax error (the line may hold a secret, hence no details)";
        }
        String place = e.origin() == null ? "" : e.origin().description() + ": ";
        String said = String.valueOf(e.getMessage());
        return ConfigValues.line(said.startsWith(place) ? said.substring(place.length()) : said, 300);
    }

    private static boolean quotesASecret(ConfigException e, String text) {
        int line = e.origin() == null ? 0 : e.origin().lineNumber();
        String[] lines = text.split("\n", -1);
        return line < 1
                || line > lines.length
                || SENSITIVE.matcher(lines[line - 1]).find();
    }

    private record Variables(Map<String, String> environment) implements ConfigResolver {
        @Override
        public @Nullable ConfigValue lookup(String path) {
            String value = environment.get(path);
            return value == null ? null : ConfigValueFactory.fromAnyRef(value, "variable " + path);
        }

        @Override
        public ConfigResolver withFallback(ConfigResolver fallback) {
            return this;
        }
    }
}
