package io.tollgate.runner.docs;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tollgate.runner.http.Page;
import io.tollgate.runner.http.Page.Content;
import io.tollgate.runner.jar.JarFiles;
import io.tollgate.runner.jar.Webjar;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A page with Swagger UI on it. What is Swagger UI's has its version in the path and is kept by browsers for good; what is
 * ours is asked for again. Nothing comes from elsewhere, and no script or style is in the page itself.
 */
final class SwaggerUi {
    private static final String VERSION = Webjar.SWAGGER_UI.version();
    private static final String FILES = ApiDocs.PAGE + "/swagger-ui-" + VERSION;

    /** All that the page loads and asks is here; nothing may frame it, and no form of it is ever sent. */
    static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
            + " connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

    private static final Map<String, String> FOR_GOOD = Map.of("Cache-Control", "public, max-age=31536000, immutable");
    private static final Map<String, String> ASK_AGAIN = Map.of("Cache-Control", "no-cache");
    private static final Map<String, String> OF_THE_PAGE = Map.of(
            "Cache-Control", "no-cache",
            "Content-Security-Policy", POLICY,
            "Cross-Origin-Opener-Policy", "same-origin",
            "Referrer-Policy", "no-referrer");

    /** The same in every gateway of this process. */
    private static final List<Page> PAGES = List.of(
            Page.of(ApiDocs.PAGE, "text/html; charset=utf-8", OF_THE_PAGE, new Later<>(() -> Content.of(html()))),
            Page.redirect(ApiDocs.PAGE + "/", "../docs"),
            file("/page.js", "text/javascript; charset=utf-8", ASK_AGAIN, () -> own("page.js")),
            file("/page.css", "text/css; charset=utf-8", ASK_AGAIN, () -> own("page.css")),
            file("/icon.svg", "image/svg+xml", ASK_AGAIN, () -> own("icon.svg")),
            file(
                    "/swagger-ui-" + VERSION + ".js",
                    "text/javascript; charset=utf-8",
                    FOR_GOOD,
                    () -> Webjar.SWAGGER_UI.read("swagger-ui-bundle.js")),
            file(
                    "/swagger-ui-" + VERSION + ".css",
                    "text/css; charset=utf-8",
                    FOR_GOOD,
                    () -> Webjar.SWAGGER_UI.read("swagger-ui.css")));

    private SwaggerUi() {}

    static List<Page> pages() {
        return PAGES;
    }

    private static Page file(String path, String type, Map<String, String> headers, Supplier<byte[]> bytes) {
        return Page.of(ApiDocs.PAGE + path, type, headers, new Later<>(() -> Content.of(bytes.get())));
    }

    /** With paths relative to the page's own, so that it works behind a proxy that adds a prefix. */
    private static byte[] html() {
        return new String(own("page.html"), UTF_8)
                .replace("{swagger-ui}", FILES.substring(1))
                .getBytes(UTF_8);
    }

    private static byte[] own(String name) {
        return JarFiles.read(SwaggerUi.class, name);
    }
}
