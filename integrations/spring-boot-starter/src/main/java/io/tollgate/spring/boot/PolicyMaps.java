package io.tollgate.spring.boot;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Maps of policies, as Boot binds them, in the vocabulary of the gateway. */
final class PolicyMaps {
    private static final Set<String> FIELDS =
            Set.of("charge_on", "on_outage", "refill_tokens", "refill_period", "refill_rate", "refill_interval");

    private PolicyMaps() {}

    /**
     * Returns the policies with the names of fields in snake case, which may be in kebab case. Other names stay as they are:
     * they are claims, values of claims, and fields of the user's own types.
     */
    static List<Map<String, Object>> inSnakeCase(List<? extends Map<String, Object>> policies) {
        List<Map<String, Object>> all = new ArrayList<>();
        for (Map<String, Object> policy : policies) {
            Map<String, Object> fields = new LinkedHashMap<>();
            policy.forEach((name, value) ->
                    fields.put(field(name), name.equals("limits") || name.equals("tiers") ? windows(value) : value));
            all.add(fields);
        }
        return all;
    }

    private static Object windows(Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> fields = new LinkedHashMap<>();
            map.forEach((name, field) -> fields.put(field(String.valueOf(name)), windows(field)));
            return fields;
        }
        return value instanceof List<?> list
                ? list.stream().map(PolicyMaps::windows).toList()
                : value;
    }

    private static String field(String name) {
        String snake = name.replace('-', '_');
        return FIELDS.contains(snake) ? snake : name;
    }
}
