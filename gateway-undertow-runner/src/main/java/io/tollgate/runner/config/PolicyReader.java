package io.tollgate.runner.config;

import static io.tollgate.runner.config.ValueType.addressRange;
import static io.tollgate.runner.config.ValueType.bool;
import static io.tollgate.runner.config.ValueType.choice;
import static io.tollgate.runner.config.ValueType.matching;
import static io.tollgate.runner.config.ValueType.text;
import static io.tollgate.runner.config.ValueType.wholeNumber;

import io.tollgate.api.ErrorCode;
import io.tollgate.api.ratelimit.Bandwidth;
import io.tollgate.api.ratelimit.OnOutage;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitContext.Phase;
import io.tollgate.runner.config.PolicyConfig.Exempt;
import io.tollgate.runner.config.PolicyConfig.KeyKind;
import io.tollgate.runner.config.PolicyConfig.Tiers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Reads {@code rate_limit.policies}. */
final class PolicyReader {
    static final String EXPECTED = "a list of sections, each with name, limits and more";

    private static final ValueType<String> NAME = matching("[a-z0-9_-]{1,64}", "[a-z0-9_-]{1,64}");
    private static final ValueType<String> METHOD = matching("an HTTP method in capitals", "[A-Z]{1,32}");
    private static final ValueType<Long> COST = wholeNumber("a number", 0, Bandwidth.MAX_CAPACITY);
    private static final ValueType<String> TEXT = text(256);
    private static final int MAX_POLICIES = 100;
    private static final ValueType<PolicyConfig.Key> KEY = new ValueType<>(
            "user_or_address, user, address, account, route, global, header:<name> or claim:<name>",
            false,
            PolicyReader::key);
    private static final List<String> CODES =
            KnownErrors.ALL.stream().map(ErrorCode::name).toList();

    private PolicyReader() {}

    /** The policies in {@code list}; those without a problem where there are some. */
    static List<PolicyConfig> read(Node list) {
        List<PolicyConfig> policies = new ArrayList<>();
        Map<String, String> pathsByName = new LinkedHashMap<>();
        for (Node node : list.elements(EXPECTED)) {
            policy(node, pathsByName).ifPresent(policies::add);
        }
        if (policies.size() > MAX_POLICIES) {
            list.problem(policies.size() + " policies (expected: at most " + MAX_POLICIES + ")");
        }
        return List.copyOf(policies);
    }

    private static Optional<PolicyConfig> policy(Node s, Map<String, String> pathsByName) {
        int before = s.problems();
        Optional<String> name = name(s, pathsByName);
        List<PolicyConfig.Key> key = elements(s, "key", KEY.expected(), node -> node.as(KEY, false));
        Optional<RateLimit> limit = s.take("limits").flatMap(LimitReader::read);
        Optional<Tiers> tiers = s.take("tiers").flatMap(PolicyReader::tiers);
        long cost = s.take("cost", COST, false).orElse(1L);
        List<String> routes =
                elements(s, "routes", "routes", node -> oneOf(node, PolicyConfig.ROUTES, "a route of the gateway"));
        List<String> methods = elements(s, "methods", METHOD.expected(), node -> node.as(METHOD, false));
        List<ErrorCode> chargeOn = elements(
                s,
                "charge_on",
                "error codes",
                node -> oneOf(node, CODES, "an error code of the gateway").map(KnownErrors::named));
        Optional<Exempt> exempt = s.take("exempt").flatMap(PolicyReader::exempt);
        boolean shadow = s.take("shadow", bool(), false).orElse(false);
        Optional<OnOutage> onOutage = s.take("on_outage", choice(OnOutage.class), false);
        Phase phase = phase(s, key);
        s.noOtherFields();
        if (s.isSection() && !s.has("limits")) {
            s.problem("no limits (expected: limits, each " + LimitReader.EXPECTED + ")");
        }
        limit.ifPresent(l -> affordable(s, cost, l, tiers));
        if (s.problems() > before) {
            return Optional.empty();
        }
        return Optional.of(new PolicyConfig(
                name.orElseThrow(),
                key.isEmpty() ? List.of(new PolicyConfig.Key(KeyKind.USER_OR_ADDRESS, Optional.empty())) : key,
                limit.orElseThrow(),
                cost,
                routes,
                methods,
                phase,
                Set.copyOf(chargeOn),
                tiers,
                exempt.orElse(Exempt.NOBODY),
                shadow,
                onOutage));
    }

    private static Optional<String> name(Node s, Map<String, String> pathsByName) {
        Optional<String> name = s.take("name", NAME, false);
        String earlier = name.map(n -> pathsByName.putIfAbsent(n, s.path())).orElse(null);
        if (earlier != null) {
            s.take("name").ifPresent(n -> n.problem(name.get() + ", the name of " + earlier + " (expected: another)"));
        }
        if (s.isSection() && !s.has("name")) {
            s.problem("no name (expected: name, " + NAME.expected() + ")");
        }
        return name;
    }

    private static Phase phase(Node s, List<PolicyConfig.Key> key) {
        Optional<Phase> said = s.take("phase", choice(Phase.class), false);
        boolean byBody = key.stream().anyMatch(part -> part.kind() == KeyKind.ACCOUNT);
        if (byBody && said.filter(Phase.REQUEST::equals).isPresent()) {
            s.take("phase")
                    .ifPresent(node -> node.problem(
                            "request (expected with the key account, which is in the body: body or outcome)"));
        }
        return said.orElse(byBody ? Phase.BODY : Phase.REQUEST);
    }

    private static void affordable(Node s, long cost, RateLimit limit, Optional<Tiers> tiers) {
        long least = tiers.stream()
                .flatMap(t -> t.limits().values().stream())
                .mapToLong(RateLimit::capacity)
                .reduce(limit.capacity(), Math::min);
        if (cost > least) {
            s.take("cost")
                    .ifPresent(node -> node.problem(cost + " (expected: 0 to the smallest capacity, " + least + ")"));
        }
    }

    /** Those elements of a list, or of a value that stands alone, that are right; the others are noted. */
    private static <T> List<T> elements(Node s, String field, String expected, Function<Node, Optional<T>> element) {
        List<T> right = new ArrayList<>();
        s.take(field)
                .map(node -> node.isList() ? node.elements(expected) : List.of(node))
                .ifPresent(nodes -> nodes.forEach(node -> element.apply(node)
                        .filter(value -> !right.contains(value))
                        .ifPresent(right::add)));
        return right;
    }

    private static Optional<String> oneOf(Node node, List<String> names, String what) {
        return node.as(TEXT, false).filter(text -> {
            if (!names.contains(text)) {
                node.problem(Values.printable(text) + " (expected: " + what
                        + Nearest.to(text, names)
                                .map(near -> "; did you mean " + near + "?)")
                                .orElse(": " + String.join(", ", names) + ")"));
            }
            return names.contains(text);
        });
    }

    private static PolicyConfig.Key key(String text) throws BadValue {
        String said = text.strip();
        int colon = said.indexOf(':');
        String kind = colon < 0 ? said : said.substring(0, colon);
        for (KeyKind known : KeyKind.values()) {
            if (known.name().toLowerCase(Locale.ROOT).equals(kind)) {
                if (known.isNamed() != (colon >= 0)) {
                    throw new BadValue();
                }
                return new PolicyConfig.Key(
                        known, colon < 0 ? Optional.empty() : Optional.of(name(known, said, colon + 1)));
            }
        }
        throw new BadValue();
    }

    private static String name(KeyKind kind, String said, int start) throws BadValue {
        String name = said.substring(start);
        if (kind == KeyKind.HEADER) {
            return matching("", ConfigKeys.TOKEN).parse(name);
        }
        return TEXT.parse(name);
    }

    private static Optional<Tiers> tiers(Node s) {
        int before = s.problems();
        Optional<String> claim = s.take("claim", TEXT, false);
        Map<String, RateLimit> limits = new LinkedHashMap<>();
        s.take("limits")
                .ifPresent(byValue -> byValue.entries("a limit for each value of the claim")
                        .forEach((value, limit) -> LimitReader.read(limit).ifPresent(l -> limits.put(value, l))));
        s.noOtherFields();
        if (s.isSection() && !(s.has("claim") && s.has("limits"))) {
            s.problem("half of it (expected: claim and limits)");
        }
        return s.problems() == before ? Optional.of(new Tiers(claim.orElseThrow(), limits)) : Optional.empty();
    }

    private static Optional<Exempt> exempt(Node s) {
        int before = s.problems();
        Map<String, List<String>> claims = new LinkedHashMap<>();
        s.take("claims")
                .ifPresent(node -> node.entries("values of each claim")
                        .keySet()
                        .forEach(claim -> claims.put(
                                claim, elements(node, claim, TEXT.expected(), value -> value.as(TEXT, false)))));
        Exempt exempt = new Exempt(
                elements(s, "addresses", "addresses and networks", range -> range.as(addressRange(), false)),
                elements(s, "users", "ids of users", user -> user.as(TEXT, false)),
                elements(s, "roles", "roles", role -> role.as(TEXT, false)),
                claims);
        s.noOtherFields();
        return s.problems() == before ? Optional.of(exempt) : Optional.empty();
    }
}
