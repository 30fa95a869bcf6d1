package io.tollgate.runner.config;

import io.tollgate.config.BadValue;
import io.tollgate.config.ConfigValues;
import io.tollgate.config.ValueType;
import io.tollgate.runner.config.GatewayConfig.Docs;
import io.tollgate.runner.routes.ApiRoute;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads the settings of the API's documentation, and checks them together. */
final class DocsTypes {
    private static final ValueType<LocalDate> DAY = new ValueType<>("a day such as 2027-06-30", false, text -> {
        try {
            return LocalDate.parse(text.strip());
        } catch (DateTimeParseException e) {
            throw new BadValue();
        }
    });

    private DocsTypes() {}

    /** For deprecated routes, the days of their removal. */
    static ValueType<Map<String, LocalDate>> sunsets() {
        String expected = "a section of deprecated routes with days, such as "
                + ApiRoute.deprecatedTemplates().get(0) + ": 2027-06-30";
        return ValueType.structured(expected, node -> {
            Map<String, LocalDate> byRoute = new LinkedHashMap<>();
            node.entries(expected).forEach((route, day) -> {
                if (!ApiRoute.deprecatedTemplates().contains(route)) {
                    day.problem("no deprecated route (expected: " + String.join(" or ", ApiRoute.deprecatedTemplates())
                            + ")");
                }
                day.as(DAY, false).ifPresent(date -> byRoute.put(route, date));
            });
            return Map.copyOf(byRoute);
        });
    }

    /** The page shows the description, so it cannot be there alone. */
    static void check(ConfigValues values) {
        boolean described = values.find(ConfigKeys.DOCS_OPENAPI).orElse(true);
        if (!described
                && values.isSet(ConfigKeys.DOCS_UI)
                && values.find(ConfigKeys.DOCS_UI).orElse(false)) {
            values.problem(ConfigKeys.DOCS_UI, "true (expected: false while docs.openapi is false)");
        }
    }

    static Docs bind(ConfigValues values) {
        boolean described = values.get(ConfigKeys.DOCS_OPENAPI);
        return new Docs(
                described,
                described && values.get(ConfigKeys.DOCS_UI),
                values.find(ConfigKeys.DOCS_SUNSET).orElse(Map.of()));
    }
}
