package io.tollgate.runner.config;

import io.tollgate.config.ConfigNode;
import io.tollgate.config.ValueType;
import io.tollgate.grpc.transcoding.Auth;
import io.tollgate.grpc.transcoding.MethodRule;
import io.tollgate.grpc.transcoding.Transcoder;
import io.tollgate.grpc.transcoding.TranscoderBuilder;
import io.tollgate.runner.config.GatewayConfig.HostPort;
import io.tollgate.runner.config.GatewayConfig.ServiceTls;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Reads one element of {@code transcoding.services}. */
final class TranscodedServiceReader {
    private static final ValueType<String> NAME = ValueType.matching("a name, [a-z0-9_-]{1,64}", "[a-z0-9_-]{1,64}");
    private static final ValueType<Integer> PORT = ValueType.integer("a port", 1, 65535);
    private static final ValueType<Duration> DEADLINE = ValueType.duration("1ms", "1h");
    private static final ValueType<Duration> LONG = ValueType.duration("1ms", "24h");
    private static final ValueType<List<String>> NAMES = ValueType.listOf(ValueType.text(512));
    private static final Duration DEFAULT_DEADLINE = Duration.ofSeconds(5);
    private static final int DEFAULT_BODY = 1 << 20;
    private static final String RULES = "a list of sections, each with method, auth, scopes, deadline, idempotent";
    private static final String IDENTITY = "a section of fields, each with the place of its value";

    private final ConfigNode node;
    private final List<Consumer<TranscoderBuilder>> settings = new ArrayList<>();
    /** Rejects what the transcoder would reject, where it is written. */
    private final TranscoderBuilder check = Transcoder.builder();

    private Duration longest = Duration.ZERO;

    TranscodedServiceReader(ConfigNode node) {
        this.node = node;
    }

    /** Returns the service; empty, with a problem, without what every service needs. */
    Optional<TranscodingConfig.Service> read() {
        Optional<String> name = required("name", NAME);
        Optional<List<HostPort>> host = required("host", ServiceKeys.backends());
        Optional<Integer> port = required("port", PORT);
        if (host.filter(List::isEmpty).isPresent()) {
            node.problem("host: none (expected: at least one)");
        }
        Optional<ServiceTls> tls = node.take("tls").flatMap(this::tls);
        Optional<Path> descriptors = node.takePath("descriptors");
        boolean reflection = node.take("reflection", ValueType.bool(), false).orElse(false);
        if (node.has("descriptors") == reflection) {
            node.problem(
                    (reflection ? "both" : "neither") + " descriptors and reflection: true (expected: one of them)");
        }
        set("expose", NAMES, (builder, names) -> builder.expose(names.toArray(String[]::new)));
        set("exclude", NAMES, (builder, names) -> builder.exclude(names.toArray(String[]::new)));
        set("auth", ValueType.choice(Auth.class), TranscoderBuilder::auth);
        longest = set("deadline", DEADLINE, TranscoderBuilder::deadline).orElse(DEFAULT_DEADLINE);
        set("stream_deadline", LONG, TranscoderBuilder::streamDeadline);
        set("stream_idle_timeout", LONG, TranscoderBuilder::streamIdleTimeout);
        long maxBody = set("max_body_size", ValueType.size("1B", "64MiB"), (b, size) -> b.maxBodySize(size.intValue()))
                .orElse((long) DEFAULT_BODY);
        set("forward_authorization", ValueType.bool(), TranscoderBuilder::forwardAuthorization);
        set("forward_headers", NAMES, (builder, names) -> builder.forwardHeaders(names.toArray(String[]::new)));
        set("preserve_proto_names", ValueType.bool(), TranscoderBuilder::preserveProtoNames);
        set("emit_default_values", ValueType.bool(), TranscoderBuilder::emitDefaultValues);
        set("skip_streaming", ValueType.bool(), TranscoderBuilder::skipStreaming);
        set("ignore_unknown_query", ValueType.bool(), TranscoderBuilder::ignoreUnknownQuery);
        node.take("identity").ifPresent(this::identity);
        node.take("rules").ifPresent(rules -> rules.elements(RULES).forEach(this::rule));
        node.noOtherFields();
        return name.isEmpty() || host.filter(hosts -> !hosts.isEmpty()).isEmpty() || port.isEmpty()
                ? Optional.empty()
                : Optional.of(new TranscodingConfig.Service(
                        name.get(),
                        ServiceKeys.withPort(host.get(), port.get()),
                        tls,
                        descriptors,
                        longest,
                        (int) maxBody,
                        settings));
    }

    private Optional<ServiceTls> tls(ConfigNode section) {
        boolean enabled = section.take("enabled", ValueType.bool(), false).orElse(false);
        ServiceTls tls = new ServiceTls(
                "transcoding.services",
                section.takePath("ca"),
                section.takePath("cert"),
                section.takePath("key"),
                section.take("server_name", ValueType.host(), false));
        section.noOtherFields();
        if (tls.cert().isPresent() != tls.key().isPresent()) {
            section.problem(
                    (tls.cert().isPresent() ? "cert without key" : "key without cert") + " (expected: both, or none)");
        }
        return enabled ? Optional.of(tls) : Optional.empty();
    }

    private <T> Optional<T> required(String field, ValueType<T> type) {
        Optional<T> value = node.take(field, type, false);
        if (!node.has(field)) {
            node.problem("no " + field + " (expected: " + type.expected() + ")");
        }
        return value;
    }

    private <T> Optional<T> set(String field, ValueType<T> type, BiConsumer<TranscoderBuilder, T> setting) {
        Optional<ConfigNode> place = node.take(field);
        Optional<T> value = place.flatMap(there -> there.as(type, false));
        value.ifPresent(given -> add(place.get(), builder -> setting.accept(builder, given)));
        return value;
    }

    private void add(ConfigNode place, Consumer<TranscoderBuilder> setting) {
        try {
            setting.accept(check);
            settings.add(setting);
        } catch (IllegalArgumentException e) {
            place.problem(String.valueOf(e.getMessage()));
        }
    }

    /** Reads fields, whose paths have dots, which a file may write as sections in sections. */
    private void identity(ConfigNode section) {
        identity("", section);
    }

    private void identity(String prefix, ConfigNode section) {
        section.entries(IDENTITY).forEach((field, place) -> {
            String path = prefix + field;
            if (place.isSection()) {
                identity(path + ".", place);
            } else {
                place.as(ValueType.text(256), false)
                        .ifPresent(source -> add(place, builder -> builder.identity(path, source)));
            }
        });
    }

    private void rule(ConfigNode rule) {
        Optional<String> method = rule.take("method", ValueType.text(512), false);
        Optional<Auth> auth = rule.take("auth", ValueType.choice(Auth.class), false);
        Optional<List<String>> scopes = rule.take("scopes", TokenTypes.words(), false);
        Optional<Duration> deadline = rule.take("deadline", DEADLINE, false);
        Optional<Boolean> idempotent = rule.take("idempotent", ValueType.bool(), false);
        rule.noOtherFields();
        if (method.isEmpty()) {
            rule.problem("no method (expected: a pattern of full names, such as library.v1.LibraryService.Get*)");
            return;
        }
        try {
            MethodRule.Builder builder = MethodRule.builder(method.get());
            auth.ifPresent(builder::auth);
            scopes.ifPresent(names -> builder.scopes(names.toArray(String[]::new)));
            deadline.ifPresent(builder::deadline);
            idempotent.ifPresent(builder::idempotent);
            MethodRule built = builder.build();
            settings.add(transcoder -> transcoder.rule(built));
            longest = deadline.filter(time -> time.compareTo(longest) > 0).orElse(longest);
        } catch (IllegalArgumentException | IllegalStateException e) {
            rule.problem(String.valueOf(e.getMessage()));
        }
    }
}
