package io.tollgate.runner.admin;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.undertow.io.Receiver.RequestToLargeException;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.RequestTooBigException;
import io.undertow.util.Headers;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** {@code /loggers}: what is logged, and changing it until the next start. */
final class LoggerPages {
    private static final org.slf4j.Logger log = LoggerFactory.getLogger(LoggerPages.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_BODY = 4096;
    private static final String PREFIX = "/loggers/";
    private static final List<String> LEVELS = List.of("ERROR", "WARN", "INFO", "DEBUG", "TRACE", "OFF");

    /** Below WARN it writes every frame that is sent and received, and with them passwords and tokens. */
    private static final String LEAKS = "io.grpc";

    private final Guard guard;
    private final LoggerContext context;
    private final ConcurrentMap<String, Optional<Level>> configured = new ConcurrentHashMap<>();

    LoggerPages(Guard guard, LoggerContext context) {
        this.guard = guard;
        this.context = context;
    }

    List<Page> pages() {
        return List.of(
                Page.get("/loggers", Guard.Access.OPERATOR, this::list).onWorker(),
                new Page(PREFIX, List.of("GET", "HEAD", "PUT", "POST"), Guard.Access.OPERATOR, false, this::one));
    }

    private void list(HttpServerExchange exchange) {
        Map<String, Object> loggers = new LinkedHashMap<>();
        for (Logger logger : context.getLoggerList()) {
            loggers.put(logger.getName(), levels(logger));
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("levels", LEVELS);
        answer.put("loggers", loggers);
        Answers.json(exchange, 200, answer);
    }

    private void one(HttpServerExchange exchange) throws GatewayException {
        Logger logger = find(exchange.getRequestPath().substring(PREFIX.length()));
        String method = exchange.getRequestMethod().toString();
        if (!method.equals("PUT") && !method.equals("POST")) {
            Answers.json(exchange, 200, named(logger));
            return;
        }
        guard.checkOrigin(exchange);
        checkMediaType(exchange);
        exchange.getRequestReceiver().setMaxBufferSize(MAX_BODY);
        exchange.getRequestReceiver()
                .receiveFullBytes(
                        (e, body) -> Pages.guarded(e, () -> {
                            change(logger, level(body));
                            Answers.json(e, 200, named(logger));
                        }),
                        (e, failure) -> Pages.guarded(e, () -> {
                            throw GatewayException.of(
                                    failure instanceof RequestToLargeException
                                                    || failure instanceof RequestTooBigException
                                            ? CommonError.BODY_TOO_LARGE
                                            : CommonError.INVALID_REQUEST,
                                    "The body could not be read (expected: at most " + MAX_BODY + " bytes of JSON).");
                        }));
    }

    private Logger find(String name) throws GatewayException {
        Logger logger = name.length() <= 512 ? context.exists(name) : null;
        if (logger == null) {
            throw GatewayException.of(
                    CommonError.RESOURCE_NOT_FOUND, "There is no logger of that name; GET /loggers lists them all.");
        }
        return logger;
    }

    void change(Logger logger, Optional<Level> wanted) throws GatewayException {
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
        if (name.equals(Logger.ROOT_LOGGER_NAME) || LEAKS.startsWith(name + ".")) {
            keepQuiet();
        }
        configured.putIfAbsent(name, before);
        logger.setLevel(level.orElse(null));
        log.atInfo()
                .addKeyValue("logger", name)
                .addKeyValue("level", logger.getEffectiveLevel())
                .log("the level of a logger was changed by an operator");
    }

    /** What is set above it must not reach it. */
    private void keepQuiet() {
        Logger leaky = context.getLogger(LEAKS);
        if (leaky.getLevel() == null) {
            Level now = leaky.getEffectiveLevel();
            leaky.setLevel(now.isGreaterOrEqual(Level.WARN) ? now : Level.WARN);
        }
    }

    private static Optional<Level> level(byte[] body) throws GatewayException {
        @Nullable JsonNode json;
        try {
            json = JSON.readTree(body);
        } catch (IOException e) {
            throw GatewayException.of(CommonError.INVALID_JSON, "The body is not JSON.");
        }
        @Nullable JsonNode level = json == null ? null : json.get("level");
        if (level == null || !(level.isTextual() || level.isNull())) {
            throw GatewayException.of(
                    CommonError.INVALID_REQUEST, "Expected: {\"level\":\"DEBUG\"}, or null to reset.");
        }
        if (level.isNull()) {
            return Optional.empty();
        }
        String name = level.asText().toUpperCase(Locale.ROOT);
        if (!LEVELS.contains(name)) {
            throw GatewayException.of(
                    CommonError.INVALID_ARGUMENT,
                    "level: no such level (expected: " + String.join(", ", LEVELS) + ", or null to reset)");
        }
        return Optional.of(Level.toLevel(name));
    }

    /** A form of another page can send everything but this. */
    private static void checkMediaType(HttpServerExchange exchange) throws GatewayException {
        String type = exchange.getRequestHeaders().getFirst(Headers.CONTENT_TYPE);
        String essence = type == null ? "" : type.split(";", 2)[0].strip();
        if (!essence.equalsIgnoreCase("application/json")) {
            throw GatewayException.of(
                    CommonError.UNSUPPORTED_MEDIA_TYPE, "Send JSON, with Content-Type: application/json.");
        }
    }

    private static Map<String, Object> named(Logger logger) {
        Map<String, Object> named = new LinkedHashMap<>();
        named.put("name", logger.getName());
        named.putAll(levels(logger));
        return named;
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
