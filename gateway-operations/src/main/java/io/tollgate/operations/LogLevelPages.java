package io.tollgate.operations;

import static java.nio.charset.StandardCharsets.UTF_8;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.http.HttpRequest;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.http.HttpResponse;
import java.io.IOException;
import java.net.URLDecoder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** {@code /loggers}: shows the levels of Logback's loggers, and changes them until the next start. */
final class LogLevelPages {
    private static final org.slf4j.Logger log = LoggerFactory.getLogger(LogLevelPages.class);
    private static final int MAX_BODY = 4096;
    private static final int MAX_NAME = 512;
    private static final List<String> LEVELS = List.of("ERROR", "WARN", "INFO", "DEBUG", "TRACE", "OFF");

    /** Below WARN it writes every frame that is sent and received, and with them passwords and tokens. */
    private static final String LEAKS = "io.grpc";

    private final OperatorAccess access;
    private final LoggerContext context;
    private final ConcurrentMap<String, Optional<Level>> configured = new ConcurrentHashMap<>();

    LogLevelPages(OperatorAccess access, LoggerContext context) {
        this.access = access;
        this.context = context;
    }

    /** Returns the pages if SLF4J logs to Logback, and none if not. Fails with {@link LinkageError} without Logback. */
    static List<Page> ofLogback(OperatorAccess access, Workers workers) {
        return LoggerFactory.getILoggerFactory() instanceof LoggerContext context
                ? new LogLevelPages(access, context).pages(workers)
                : List.of();
    }

    private List<Page> pages(Workers workers) {
        return List.of(
                Page.get(
                        "/loggers",
                        Audience.OPERATOR,
                        (request, rest) -> workers.call(() -> OperatorPages.LARGE.apply(request, list()))),
                new Page("/loggers/", List.of("GET", "HEAD", "PUT", "POST"), Audience.OPERATOR, this::one));
    }

    private HttpResponse list() {
        Map<String, Object> loggers = new LinkedHashMap<>();
        for (Logger logger : context.getLoggerList()) {
            loggers.put(logger.getName(), levels(logger));
        }
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("levels", LEVELS);
        body.put("loggers", loggers);
        return HttpResponse.json(200, Json.object(body));
    }

    private CompletionStage<HttpResponse> one(HttpRequest request, String name) {
        Logger logger = find(decoded(name));
        if (!request.method().equals("PUT") && !request.method().equals("POST")) {
            return CompletableFuture.completedStage(named(logger));
        }
        access.checkOrigin(request);
        checkMediaType(request);
        return request.body(MAX_BODY).thenApply(body -> {
            change(logger, level(body));
            return named(logger);
        });
    }

    private Logger find(String name) {
        Logger logger = name.length() <= MAX_NAME ? context.exists(name) : null;
        if (logger == null) {
            throw GatewayException.of(
                    CommonError.RESOURCE_NOT_FOUND, "There is no logger of that name; GET /loggers lists them all.");
        }
        return logger;
    }

    synchronized void change(Logger logger, Optional<Level> wanted) {
        String name = logger.getName();
        Optional<Level> before = Optional.ofNullable(logger.getLevel());
        Optional<Level> original = configured.getOrDefault(name, before);
        Optional<Level> level = wanted.isPresent() ? wanted : original;
        boolean leaky = name.equals(LEAKS) || name.startsWith(LEAKS + ".");
        if (leaky && level.filter(l -> !l.isGreaterOrEqual(Level.WARN)).isPresent()) {
            throw GatewayException.of(
                    CommonError.INVALID_ARGUMENT,
                    "level: " + level.get() + " (expected for " + LEAKS
                            + ": WARN, ERROR or OFF). Below that it logs the"
                            + " bytes of every call, with passwords and tokens in them.");
        }
        if (leaky && level.isEmpty() && !inherited(name).isGreaterOrEqual(Level.WARN)) {
            level = Optional.of(Level.WARN); // A reset must not bring back a level that was set above it since.
        }
        if (name.equals(Logger.ROOT_LOGGER_NAME) || LEAKS.startsWith(name + ".")) {
            keepQuiet();
        }
        configured.putIfAbsent(name, before);
        logger.setLevel(level.orElse(null));
        log.atInfo()
                .addKeyValue("logger", name)
                .addKeyValue("level", logger.getEffectiveLevel())
                .log("An operator changed the level of a logger");
    }

    private Level inherited(String name) {
        return context.getLogger(name.substring(0, name.lastIndexOf('.'))).getEffectiveLevel();
    }

    /** Keeps a level that is set above it from reaching what leaks. */
    private void keepQuiet() {
        Logger leaky = context.getLogger(LEAKS);
        if (leaky.getLevel() == null) {
            Level now = leaky.getEffectiveLevel();
            leaky.setLevel(now.isGreaterOrEqual(Level.WARN) ? now : Level.WARN);
        }
    }

    /** Reads {@code {"level":"DEBUG"}}; empty for null. */
    private static Optional<Level> level(byte[] body) {
        JsonToken kind = null;
        @Nullable String name = null;
        try (JsonParser json = Json.FACTORY.createParser(body)) {
            boolean isObject = json.nextToken() == JsonToken.START_OBJECT;
            while (isObject && json.nextToken() == JsonToken.FIELD_NAME) {
                boolean isLevel = json.currentName().equals("level");
                JsonToken value = json.nextToken();
                if (isLevel) {
                    kind = value;
                    name = json.getText();
                }
                json.skipChildren();
            }
        } catch (IOException e) {
            throw GatewayException.of(CommonError.INVALID_JSON, "The body is not JSON.");
        }
        if (kind == JsonToken.VALUE_NULL) {
            return Optional.empty();
        }
        if (kind != JsonToken.VALUE_STRING || name == null) {
            throw GatewayException.of(
                    CommonError.INVALID_REQUEST, "Expected: {\"level\":\"DEBUG\"}, or null to reset.");
        }
        String level = name.toUpperCase(Locale.ROOT);
        if (!LEVELS.contains(level)) {
            throw GatewayException.of(
                    CommonError.INVALID_ARGUMENT,
                    "level: no such level (expected: " + String.join(", ", LEVELS) + ", or null to reset)");
        }
        return Optional.of(Level.toLevel(level));
    }

    /** Accepts JSON only: a form of another page can send everything but this. */
    private static void checkMediaType(HttpRequestHead head) {
        String essence = head.header("Content-Type").orElse("").split(";", 2)[0].strip();
        if (!essence.equalsIgnoreCase("application/json")) {
            throw GatewayException.of(
                    CommonError.UNSUPPORTED_MEDIA_TYPE, "Send JSON, with Content-Type: application/json.");
        }
    }

    private static String decoded(String name) {
        try {
            return URLDecoder.decode(name.replace("+", "%2B"), UTF_8);
        } catch (IllegalArgumentException e) {
            return name;
        }
    }

    private static HttpResponse named(Logger logger) {
        Map<String, Object> named = new LinkedHashMap<>();
        named.put("name", logger.getName());
        named.putAll(levels(logger));
        return HttpResponse.json(200, Json.object(named));
    }

    private static Map<String, Object> levels(Logger logger) {
        Map<String, Object> levels = new LinkedHashMap<>();
        if (logger.getLevel() != null) {
            levels.put("level", logger.getLevel().toString());
        }
        levels.put("effective", logger.getEffectiveLevel().toString());
        return levels;
    }
}
