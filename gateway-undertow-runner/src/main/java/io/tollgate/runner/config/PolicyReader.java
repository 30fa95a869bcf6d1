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
import io.tollgate.api.ratelimit.RequestFacts.Phase;
import io.tollgate.runner.config.PolicyConfig.Exempt;
import io.tollgate.runner.config.PolicyConfig.Key;
import io.tollgate.runner.config.PolicyConfig.KeyKind;
import io.tollgate.runner.config.PolicyConfig.Tiers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Reads {@code rate_limit.policies}. */
final class PolicyReader {
    static final String EXPECTED = "a list of sections, each with name, limits and more";

    private static final ValueType<String> NAME = matching("[a-z0-9_-]{1,64}", "[a-z0-9_-]{1,64}");
    private static final ValueType<String> METHOD = matching("an HTTP method in capitals", "[A-Z]{1,32}");
    private static final ValueType<Key> KEY = new ValueType<>(
            "user_or_address, user, address, account, route, global, header:<name> or claim:<name>",
            false,
            PolicyReader::key);
    private static final List<String> CODES =
            Stream.of(ErrorCode.values()).map(Enum::name).toList();

    private PolicyReader() {}

    /** The policies in {@code list}; empty where anything is wrong with any of them. */
    static Optional<List<PolicyConfig>> read(Node list) {
        int before = list.problems().size();
        List<PolicyConfig> policies = new ArrayList<>();
        Map<String, String> pathsByName = new LinkedHashMap<>();
        for (Node node : list.elements()) {
            node.asSection("a section with name and limits")
                    .flatMap(section -> policy(section, name(section, node.path(), pathsByName)))
                    .ifPresent(policies::add);
        }
        return list.problems().size() == before ? Optional.of(policies) : Optional.empty();
    }

    private static Optional<String> name(Section s, String path, Map<String, String> pathsByName) {
        Optional<String> name = s.require("name", NAME);
        String earlier = name.map(n -> pathsByName.putIfAbsent(n, path)).orElse(null);
        if (earlier != null) {
            s.problem("name", name.get() + ", which is the name of " + earlier + " (expected: another)");
        }
        return name;
    }

    private static Optional<PolicyConfig> policy(Section s, Optional<String> name) {
        List<Key> key = s.list("key", node -> node.as(KEY));
        Optional<RateLimit> limit = s.require("limits", LimitReader.EXPECTED).flatMap(LimitReader::read);
        Optional<Tiers> tiers = s.find("tiers").flatMap(PolicyReader::tiers);
        long cost = s.find("cost", wholeNumber("a number", 0, Bandwidth.MAX_CAPACITY))
                .orElse(1L);
        List<String> routes = s.list("routes", node -> node.oneOf(PolicyConfig.ROUTES, "a route of the gateway"));
        List<String> methods = s.list("methods", node -> node.as(METHOD));
        List<ErrorCode> chargeOn = s.list(
                "charge_on",
                node -> node.oneOf(CODES, "an error code of the gateway").map(ErrorCode::valueOf));
        Optional<Exempt> exempt = s.find("exempt").flatMap(PolicyReader::exempt);
        boolean shadow = s.find("shadow", bool()).orElse(false);
        Optional<OnOutage> onOutage = s.find("on_outage", choice(OnOutage.class));
        Phase phase = phase(s, key);
        limit.ifPresent(l -> affordable(s, cost, l, tiers));
        if (!s.isRight()) {
            return Optional.empty();
        }
        return Optional.of(new PolicyConfig(
                name.orElseThrow(),
                key.isEmpty() ? List.of(new Key(KeyKind.USER_OR_ADDRESS, Optional.empty())) : key,
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

    private static Phase phase(Section s, List<Key> key) {
        Optional<Phase> said = s.find("phase", choice(Phase.class));
        boolean byBody = key.stream().anyMatch(part -> part.kind() == KeyKind.ACCOUNT);
        if (byBody && said.filter(Phase.REQUEST::equals).isPresent()) {
            s.problem("phase", "request (expected with the key account, which is in the body: body or outcome)");
        }
        return said.orElse(byBody ? Phase.BODY : Phase.REQUEST);
    }

    private static void affordable(Section s, long cost, RateLimit limit, Optional<Tiers> tiers) {
        long least = tiers.stream()
                .flatMap(t -> t.limits().values().stream())
                .mapToLong(RateLimit::capacity)
                .reduce(limit.capacity(), Math::min);
        if (cost > least) {
            s.problem("cost", cost + " (expected: 0 to the smallest capacity, " + least + ")");
        }
    }

    private static Key key(String text) throws BadValue {
        String said = text.strip();
        int colon = said.indexOf(':');
        String kind = colon < 0 ? said : said.substring(0, colon);
        for (KeyKind known : KeyKind.values()) {
            if (known.name().toLowerCase(Locale.ROOT).equals(kind)) {
                if (known.isNamed() != (colon >= 0)) {
                    throw new BadValue();
                }
                return new Key(known, colon < 0 ? Optional.empty() : Optional.of(name(known, said, colon + 1)));
            }
        }
        throw new BadValue();
    }

    private static String name(KeyKind kind, String said, int start) throws BadValue {
        String name = said.substring(start);
        if (kind == KeyKind.HEADER) {
            return matching("", ConfigKeys.TOKEN).parse(name);
        }
        return text(128).parse(name);
    }

    private static Optional<Tiers> tiers(Node node) {
        Section s = node.asSection("a section with claim and limits").orElse(null);
        if (s == null) {
            return Optional.empty();
        }
        Optional<String> claim = s.require("claim", text(128));
        Map<String, RateLimit> limits = new LinkedHashMap<>();
        s.require("limits", "a section with a limit for each value of the claim")
                .flatMap(n -> n.asSection("a section with a limit for each value of the claim"))
                .ifPresent(byValue -> byValue.entries()
                        .forEach((value, limit) -> LimitReader.read(limit).ifPresent(l -> limits.put(value, l))));
        return s.isRight() ? Optional.of(new Tiers(claim.orElseThrow(), limits)) : Optional.empty();
    }

    private static Optional<Exempt> exempt(Node node) {
        Section s = node.asSection("a section with addresses, users, roles or claims")
                .orElse(null);
        if (s == null) {
            return Optional.empty();
        }
        Map<String, List<String>> claims = new LinkedHashMap<>();
        s.find("claims")
                .flatMap(n -> n.asSection("a section with the values of each claim"))
                .ifPresent(byName -> byName.entries()
                        .keySet()
                        .forEach(claim -> claims.put(claim, byName.list(claim, value -> value.as(text(256))))));
        Exempt exempt = new Exempt(
                s.list("addresses", range -> range.as(addressRange())),
                s.list("users", user -> user.as(text(256))),
                s.list("roles", role -> role.as(text(256))),
                claims);
        return s.isRight() ? Optional.of(exempt) : Optional.empty();
    }
}
