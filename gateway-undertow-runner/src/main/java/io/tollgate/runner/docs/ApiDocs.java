package io.tollgate.runner.docs;

import io.tollgate.runner.config.GatewayConfig;
import io.tollgate.runner.http.ApiVersions;
import io.tollgate.runner.http.Page;
import io.tollgate.runner.http.Page.Content;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The description at {@code /openapi.json} and the page at {@code /docs}, as far as they are switched on. */
public final class ApiDocs {
    static final String DESCRIPTION = "/openapi.json";
    static final String PAGE = "/docs";

    private ApiDocs() {}

    /** The versions of the API, with what {@code config} announces; whoever wants to know more is sent to these pages. */
    public static ApiVersions versions(GatewayConfig.Docs config) {
        Optional<String> page = config.ui() ? Optional.of(PAGE) : Optional.empty();
        return new ApiVersions(config.sunsets(), page.or(() -> config.openapi() ? Optional.of(DESCRIPTION) : page));
    }

    /** The pages that {@code config} wants. */
    public static List<Page> pages(GatewayConfig config) {
        List<Page> pages = new ArrayList<>();
        if (config.docs().openapi()) {
            pages.add(Page.of(
                    DESCRIPTION,
                    "application/json",
                    Map.of("Cache-Control", "no-cache"),
                    new Later<>(() -> Content.of(ApiDescription.of(config)))));
        }
        if (config.docs().ui()) {
            pages.addAll(SwaggerUi.pages());
        }
        return pages;
    }
}
