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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads HOCON and JSON. {@code ${VARIABLE}} is one of the environment. */
final class HoconReader {
    static final String TOO_DEEP = "nested too deeply";

    /** The at sign follows the password of a URL. */
    private static final Pattern SENSITIVE = Pattern.compile("secret|password|token|key|@", Pattern.CASE_INSENSITIVE);

    static final Pattern UNRESOLVED = Pattern.compile("resolve substitution to a value: \\$\\{([^}]*)}");
    private static final int MAX_UNSET = 100;

    private HoconReader() {}

    static Optional<Config> read(
            Path file, String text, Map<String, String> environment, List<ConfigProblem> problems) {
        try {
            return resolve(
                    ConfigFactory.parseFile(
                            file.toFile(), ConfigParseOptions.defaults().setAllowMissing(false)),
                    environment,
                    problems);
        } catch (ConfigException e) {
            String source = e.origin() == null ? file.toString() : ConfigValues.source(e.origin());
            problems.add(new ConfigProblem(source, "", "not HOCON: " + message(e, text)));
        } catch (StackOverflowError e) {
            // The parser recurses, and has no limit of its own.
            problems.add(new ConfigProblem(file.toString(), "", "not HOCON: " + TOO_DEEP));
        }
        return Optional.empty();
    }

    /** Replaces substitutions; empty, with a problem for each, if some refer to nothing. */
    private static Optional<Config> resolve(
            Config parsed, Map<String, String> environment, List<ConfigProblem> problems) {
        Set<String> unset = new HashSet<>();
        while (true) {
            try {
                Config resolved = parsed.resolve(
                        ConfigResolveOptions.noSystem().appendResolver(new Variables(environment, unset)));
                return unset.isEmpty() ? Optional.of(resolved) : Optional.empty();
            } catch (ConfigException.UnresolvedSubstitution e) {
                String name = UNRESOLVED
                        .matcher(String.valueOf(e.getMessage()))
                        .results()
                        .findFirst()
                        .map(found -> found.group(1))
                        .orElseThrow(() -> e);
                // The parser reports one at a time: the next call gets past this one.
                if (!unset.add(name) || unset.size() > MAX_UNSET) {
                    throw e;
                }
                String source = e.origin() == null ? "" : ConfigValues.source(e.origin());
                problems.add(new ConfigProblem(source, "", unset(name, environment)));
            } catch (ConfigException e) {
                // Caused by what stands in for an unset variable.
                if (!unset.isEmpty()) {
                    return Optional.empty();
                }
                throw e;
            }
        }
    }

    /** Returns a message about a substitution that refers to nothing. */
    static String unset(String name, Map<String, String> environment) {
        return ConfigValues.line("${" + name + "}: neither a variable that is set nor a key of the file", 300)
                + Nearest.to(name, environment.keySet(), 2)
                        .map(near -> " (did you mean ${" + near + "}?)")
                        .orElse(ConfigValues.line(
                                " (expected: set it, or write ${?" + name + "} if it may be unset)", 300));
    }

    /** Returns the parser's message, without the place, which the problem has, and without a line that may hold a secret. */
    private static String message(ConfigException e, String text) {
        // This one names a file; all others may quote values.
        boolean quotes = !(e instanceof ConfigException.IO);
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

    /** Looks up variables; those that are known to be {@code unset} are empty. */
    private record Variables(Map<String, String> environment, Set<String> unset) implements ConfigResolver {
        @Override
        public @Nullable ConfigValue lookup(String path) {
            String value = environment.getOrDefault(path, unset.contains(path) ? "" : null);
            return value == null ? null : ConfigValueFactory.fromAnyRef(value, "variable " + path);
        }

        @Override
        public ConfigResolver withFallback(ConfigResolver fallback) {
            return this;
        }
    }
}
