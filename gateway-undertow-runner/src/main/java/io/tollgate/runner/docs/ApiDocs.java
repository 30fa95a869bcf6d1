package io.tollgate.runner.docs;

import io.tollgate.grpc.transcoding.Transcoder;
import io.tollgate.operations.ApiPages;
import io.tollgate.runner.config.GatewayConfig;
import io.tollgate.runner.http.ApiVersions;
import io.tollgate.runner.http.Page;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The pages for developers, as far as the configuration wants them. */
public final class ApiDocs {
    private static final String TITLE = "Ticket API";

    private ApiDocs() {}

    /** Returns the versions of the API, with what {@code config} announces; responses refer to these pages. */
    public static ApiVersions versions(GatewayConfig.Docs config) {
        Optional<String> page = config.ui() ? Optional.of(ApiPages.PAGE_PATH) : Optional.empty();
        return new ApiVersions(
                config.sunsets(),
                page.or(() -> config.openapi() ? Optional.of(ApiPages.DESCRIPTION_PATH) : Optional.empty()));
    }

    /**
     * Returns the pages that {@code config} wants.
     *
     * @param exposed returns the routes of services that are exposed from their descriptors
     */
    public static List<Page> pages(GatewayConfig config, Supplier<Transcoder> exposed) {
        if (!config.docs().openapi()) {
            return List.of();
        }
        ApiPages.Builder pages =
                ApiPages.builder().title(TITLE).description(exposed, routes -> ApiDescription.of(config, routes));
        return (config.docs().ui() ? pages : pages.withoutPage())
                .build().routes().entrySet().stream()
                        .map(route -> Page.of(route.getKey(), route.getValue()))
                        .toList();
    }
}
