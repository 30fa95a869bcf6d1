package io.tollgate.runner.docs;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tollgate.runner.http.Page;
import io.tollgate.runner.http.Page.Content;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * A page with Swagger UI on it. What is Swagger UI's has its version in the path and is kept by browsers for good; what is
 * ours is asked for again. Nothing comes from elsewhere, and no script or style is in the page itself.
 */
final class SwaggerUi {
    private static final String VERSION = version();
    private static final String JAR = "/META-INF/resources/webjars/swagger-ui/" + VERSION + "/";
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
            file("/page.js", "text/javascript; charset=utf-8", ASK_AGAIN, "page.js"),
            file("/page.css", "text/css; charset=utf-8", ASK_AGAIN, "page.css"),
            file("/icon.svg", "image/svg+xml", ASK_AGAIN, "icon.svg"),
            file(
                    "/swagger-ui-" + VERSION + ".js",
                    "text/javascript; charset=utf-8",
                    FOR_GOOD,
                    JAR + "swagger-ui-bundle.js"),
            file("/swagger-ui-" + VERSION + ".css", "text/css; charset=utf-8", FOR_GOOD, JAR + "swagger-ui.css"));

    private SwaggerUi() {}

    static List<Page> pages() {
        return PAGES;
    }

    private static Page file(String path, String type, Map<String, String> headers, String resource) {
        return Page.of(ApiDocs.PAGE + path, type, headers, new Later<>(() -> Content.of(Resources.read(resource))));
    }

    /** With paths relative to the page's own, so that it works behind a proxy that adds a prefix. */
    private static byte[] html() {
        return new String(Resources.read("page.html"), UTF_8)
                .replace("{swagger-ui}", FILES.substring(1))
                .getBytes(UTF_8);
    }

    private static String version() {
        try {
            Properties properties = new Properties();
            properties.load(new StringReader(new String(Resources.read("version.properties"), UTF_8)));
            return properties.getProperty("swagger-ui");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
