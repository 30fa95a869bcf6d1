package io.tollgate.runner.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.tollgate.auth.redis.RedisServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the alert rules and the dashboard ask for is what a gateway measures. */
class MonitoringTest {
    private static final Path MONITORING = Path.of("..", "deploy", "monitoring");

    /** A sample as scraped: {@code name{label="value",…} 1}. */
    private static final Pattern SAMPLE = Pattern.compile("(?m)^(\\w+)(?:\\{(.*)})? \\S+$");

    private static final Pattern SELECTOR = Pattern.compile("(\\w+)\\{([^}]*)}");
    private static final Pattern MATCHER = Pattern.compile("(\\w+)(=~|!~|!=|=)\"([^\"]*)\"");
    private static final Pattern GROUPING = Pattern.compile("by \\(([^)]*)\\)");
    private static final Pattern LEGEND = Pattern.compile("\\{\\{(\\w+)}}");

    /** What Prometheus adds to what it scrapes, and what a query itself makes. */
    private static final Set<String> ADDED = Set.of("job", "instance", "class");

    private static final Set<String> OF_PROMETHEUS = Set.of("up", "ALERTS");

    /** Labels whose values are all there as soon as their metric is. */
    private static final Set<String> ENUMERATED = Set.of("state", "area", "result");

    @TempDir
    Path folder;

    @Test
    void everythingThatRulesAndDashboardAskForIsMeasured() throws Exception {
        List<Query> queries = new ArrayList<>(rules());
        queries.addAll(dashboard());
        assertThat(queries).hasSizeGreaterThan(50);

        try (RedisServer redis = RedisServer.start(folder);
                Deployment deployment = Deployment.builder()
                        .with("REDIS_ENABLED", "true")
                        .with("REDIS_HOST", "127.0.0.1")
                        .with("REDIS_PORT", Integer.toString(redis.port()))
                        .with("RATE_LIMIT_LEASE_ENABLED", "true")
                        .start()) {
            Client client = deployment.client();
            client.post("/api/v1/tickets/rock-2026/purchase", "{}", "Authorization", "Bearer " + deployment.token("u"));
            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
                // Pauses are measured once there was one, and decisions of Redis once it is connected.
                System.gc();
                client.get("/health");
                assertThat(problems(queries, measured(deployment.scrape()))).isEmpty();
            });
        }
    }

    /** Something that is asked of Prometheus, and the labels that a person is shown of its answer. */
    private record Query(String title, String expression, Set<String> shown) {}

    private static List<Query> rules() throws IOException {
        List<Query> queries = new ArrayList<>();
        JsonNode file = read("prometheus", "tollgate.rules.yml");
        for (JsonNode rule : file.at("/groups/0/rules")) {
            queries.add(new Query(rule.get("alert").asText(), rule.get("expr").asText(), Set.of()));
        }
        return queries;
    }

    private static List<Query> dashboard() throws IOException {
        List<Query> queries = new ArrayList<>();
        for (JsonNode panel : read("grafana", "dashboards", "tollgate.json").get("panels")) {
            for (JsonNode target : panel.path("targets")) {
                Set<String> shown = new HashSet<>();
                Matcher legend = LEGEND.matcher(target.get("legendFormat").asText());
                while (legend.find()) {
                    shown.add(legend.group(1));
                }
                queries.add(new Query(
                        panel.get("title").asText(), target.get("expr").asText(), shown));
            }
        }
        return queries;
    }

    /** JSON is YAML too. */
    private static JsonNode read(String... path) throws IOException {
        Path file = MONITORING;
        for (String element : path) {
            file = file.resolve(element);
        }
        return new YAMLMapper().readTree(file.toFile());
    }

    /** Metrics, their labels, and the values of these. */
    private static Map<String, Map<String, Set<String>>> measured(String scrape) {
        Map<String, Map<String, Set<String>>> metrics = new HashMap<>();
        Matcher sample = SAMPLE.matcher(scrape);
        while (sample.find()) {
            Map<String, Set<String>> labels = metrics.computeIfAbsent(sample.group(1), name -> new HashMap<>());
            if (sample.group(2) != null) {
                Matcher label = MATCHER.matcher(sample.group(2));
                while (label.find()) {
                    labels.computeIfAbsent(label.group(1), name -> new HashSet<>())
                            .add(label.group(3));
                }
            }
        }
        return metrics;
    }

    private static Set<String> problems(List<Query> queries, Map<String, Map<String, Set<String>>> measured) {
        Set<String> problems = new TreeSet<>();
        for (Query query : queries) {
            // ${1}, in the replacement of a label, is not a selector.
            String expression = query.expression().replaceAll("\\$\\{\\d+}", "");
            Set<String> known = new HashSet<>(ADDED);
            Matcher selector = SELECTOR.matcher(expression);
            while (selector.find()) {
                String metric = selector.group(1);
                Map<String, Set<String>> labels = OF_PROMETHEUS.contains(metric) ? Map.of() : measured.get(metric);
                if (labels == null) {
                    problems.add(query.title() + ": " + metric + " is not measured");
                    continue;
                }
                known.addAll(labels.keySet());
                Matcher matcher = MATCHER.matcher(selector.group(2));
                while (matcher.find()) {
                    String label = matcher.group(1);
                    if (!ADDED.contains(label) && !labels.containsKey(label)) {
                        problems.add(query.title() + ": " + metric + " has no label " + label);
                    } else if (ENUMERATED.contains(label)) {
                        Stream.of(matcher.group(3).split("\\|"))
                                .filter(value -> !labels.get(label).contains(value))
                                .forEach(value -> problems.add(
                                        query.title() + ": " + metric + " never has " + label + " " + value));
                    }
                }
            }
            Matcher grouping = GROUPING.matcher(expression);
            Set<String> used = new HashSet<>(query.shown());
            while (grouping.find()) {
                used.addAll(List.of(grouping.group(1).split(", ")));
            }
            used.removeAll(known);
            used.forEach(label -> problems.add(query.title() + ": nothing in it has a label " + label));
        }
        return problems;
    }
}
