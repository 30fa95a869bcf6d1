package io.tollgate.operations;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.http.ErrorRenderer;
import io.tollgate.api.http.HttpEndpoint;
import io.tollgate.api.http.HttpRequest;
import io.tollgate.api.http.HttpResponse;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The pages that developers see of an API: its description at {@code /openapi.json}, and a page at {@code /docs} that shows the
 * description in Swagger UI and sends requests.
 *
 * <pre>{@code
 * ApiPages pages = ApiPages.builder()
 *         .title("Ticket API")
 *         .description(() -> openApiAsJson)
 *         .build();
 * server.createContext("/developers", EndpointHandler.of(pages.under("/developers")));
 * }</pre>
 *
 * <p>All links are relative, so the pages work below any prefix, also one that a proxy adds. Scripts and styles come from the
 * server itself. If the description has a bearer scheme of the name {@code accessToken}, the page keeps the {@code accessToken}
 * of a response to {@code …/users/register}, {@code …/users/login} or {@code …/users/refresh}, and sends it along. Thread-safe;
 * to restrict who sees the pages, put a guard in front of the endpoint.
 */
public final class ApiPages {
    /** The path of the description. */
    public static final String DESCRIPTION_PATH = "/openapi.json";

    /** The path of the page. */
    public static final String PAGE_PATH = "/docs";

    private static final ErrorRenderer ERRORS = ErrorRenderer.envelope();
    private static final String SWAGGER_UI = "/swagger-ui-" + JarFiles.swaggerUiVersion();

    /** All that the page loads is here; nothing may frame it, and no form of it is ever sent. */
    private static final Map<String, String> PAGE_HEADERS = Map.of(
            "Cache-Control", "no-cache",
            "Content-Security-Policy",
                    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
                            + " connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
            "Cross-Origin-Opener-Policy", "same-origin",
            "Referrer-Policy", "no-referrer");

    /** The same for every API of the process. */
    private static final Map<String, HttpEndpoint> FILES = files();

    private final Map<String, HttpEndpoint> routes = new LinkedHashMap<>();

    private ApiPages(String title, Function<Object, byte[]> description, Supplier<?> subject, boolean page) {
        Description json = new Description(description, subject);
        routes.put(DESCRIPTION_PATH, request -> json.current().respond(request));
        if (page) {
            Document html = new Document("text/html; charset=utf-8", PAGE_HEADERS, () -> html(title));
            routes.put(PAGE_PATH, html::respond);
            routes.put(PAGE_PATH + "/", ApiPages::toPage);
            routes.putAll(FILES);
        }
    }

    /** The document of what is described at present. */
    private static final class Description {
        private final Function<Object, byte[]> description;
        private final Supplier<?> subject;
        private volatile @Nullable Made made;

        private record Made(Object subject, Document document) {}

        Description(Function<Object, byte[]> description, Supplier<?> subject) {
            this.description = description;
            this.subject = subject;
        }

        Document current() {
            Object now = subject.get();
            Made last = made;
            if (last == null || last.subject != now) {
                last = new Made(
                        now, new Document("application/json", Document.REVALIDATED, () -> description.apply(now)));
                made = last; // Made twice at worst, by requests that come at once.
            }
            return last.document;
        }
    }

    /** Starts without a title and a description, which must be set. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns the pages as one endpoint at the root of a server. */
    public HttpEndpoint endpoint() {
        return under("");
    }

    /**
     * Returns the pages as one endpoint below a path of a server.
     *
     * @param prefix such as {@code /developers}
     */
    public HttpEndpoint under(String prefix) {
        Mount mount = new Mount(prefix);
        return request -> respond(request, mount.below(request.path()));
    }

    /** Returns an endpoint for each path, for a server with a table of routes; to be used for {@code GET} and {@code HEAD}. */
    public Map<String, HttpEndpoint> routes() {
        return Collections.unmodifiableMap(routes);
    }

    private CompletionStage<HttpResponse> respond(HttpRequest request, String path) {
        HttpEndpoint page = routes.get(path);
        if (page == null) {
            return error(request, GatewayException.of(CommonError.ROUTE_NOT_FOUND, "There is no such page."));
        }
        if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
            return error(
                    request,
                    GatewayException.builder(CommonError.METHOD_NOT_ALLOWED, "The page does not accept this method.")
                            .header("Allow", "GET, HEAD")
                            .build());
        }
        return page.handle(request);
    }

    private static CompletionStage<HttpResponse> error(HttpRequest request, GatewayException error) {
        return CompletableFuture.completedStage(ERRORS.render(error, request, "-"));
    }

    private static CompletionStage<HttpResponse> toPage(HttpRequest request) {
        return CompletableFuture.completedStage(HttpResponse.empty(308).withHeader("Location", ".." + PAGE_PATH));
    }

    private static Map<String, HttpEndpoint> files() {
        return Map.of(
                PAGE_PATH + "/page.js", Document.file("api/page.js", Document.REVALIDATED)::respond,
                PAGE_PATH + "/page.css", Document.file("api/page.css", Document.REVALIDATED)::respond,
                PAGE_PATH + "/icon.svg", Document.file("api/icon.svg", Document.REVALIDATED)::respond,
                PAGE_PATH + SWAGGER_UI + ".js",
                        Document.file("api/swagger-ui/swagger-ui-bundle.js", Document.IMMUTABLE)::respond,
                PAGE_PATH + SWAGGER_UI + ".css",
                        Document.file("api/swagger-ui/swagger-ui.css", Document.IMMUTABLE)::respond);
    }

    private static byte[] html(String title) {
        String safe = title.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
        return new String(JarFiles.read("api/page.html"), UTF_8)
                .replace("{swagger-ui}", PAGE_PATH.substring(1) + SWAGGER_UI)
                .replace("{title}", safe)
                .getBytes(UTF_8);
    }

    /** Collects what the pages show. Not thread-safe. */
    public static final class Builder {
        private @Nullable String title;
        private @Nullable Function<Object, byte[]> description;
        private Supplier<?> subject = () -> "";
        private boolean page = true;

        private Builder() {}

        /** Sets the title of the page. */
        public Builder title(String text) {
            this.title = requireNonNull(text, "text");
            return this;
        }

        /**
         * Sets the description.
         *
         * @param json returns an OpenAPI document as JSON in UTF-8; called once, on a thread of its own, when the description
         *     is first requested
         */
        public Builder description(Supplier<byte[]> json) {
            requireNonNull(json, "json");
            return description(() -> "", unused -> json.get());
        }

        /**
         * Sets the description of something that changes.
         *
         * @param subject returns what is described, for each request; another instance is described anew
         * @param json returns an OpenAPI document as JSON in UTF-8; called once for each subject, on a thread of its own, when the
         *     description is requested
         */
        public <T> Builder description(Supplier<T> subject, Function<? super T, byte[]> json) {
            requireNonNull(json, "json");
            this.subject = requireNonNull(subject, "subject");
            @SuppressWarnings("unchecked") // It is applied to what the subject returns.
            Function<Object, byte[]> described = (Function<Object, byte[]>) json;
            this.description = described;
            return this;
        }

        /** Leaves out the page: only the description is there. */
        public Builder withoutPage() {
            this.page = false;
            return this;
        }

        /** Returns the finished pages. Fails with {@link IllegalStateException} if the title or the description is not set. */
        public ApiPages build() {
            if (title == null || description == null) {
                throw new IllegalStateException((title == null ? "title" : "description") + " is not set");
            }
            return new ApiPages(title, description, subject, page);
        }
    }
}
