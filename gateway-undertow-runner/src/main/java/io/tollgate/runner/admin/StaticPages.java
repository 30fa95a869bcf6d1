package io.tollgate.runner.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.ETag;
import io.undertow.util.ETagUtils;
import io.undertow.util.Headers;
import io.undertow.util.StatusCodes;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Properties;

/** The files of the live page, from the jar. Browsers keep them, and ask each time whether they are still the same. */
final class StaticPages {
    private static final List<String> OWN = List.of(
            "live.css",
            "app.js",
            "charts.js",
            "connection.js",
            "dom.js",
            "format.js",
            "model.js",
            "tables.js",
            "icon.svg");

    private StaticPages() {}

    static List<Page> pages() {
        try {
            List<Page> pages = new ArrayList<>();
            pages.add(page("/", "text/html; charset=utf-8", own("live.html")));
            for (String name : OWN) {
                pages.add(page("/live/" + name, type(name), own(name)));
            }
            String uplot = "/META-INF/resources/webjars/uplot/" + version("uplot") + "/dist/";
            pages.add(page("/live/uPlot.js", type(".js"), read(uplot + "uPlot.iife.min.js")));
            pages.add(page("/live/uPlot.css", type(".css"), read(uplot + "uPlot.min.css")));
            return pages;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Page page(String path, String type, byte[] bytes) {
        ETag tag = new ETag(false, sha256(bytes).substring(0, 32));
        return Page.get(path, Guard.Access.PAGE, exchange -> send(exchange, type, bytes, tag));
    }

    private static void send(HttpServerExchange exchange, String type, byte[] bytes, ETag tag) {
        exchange.getResponseHeaders().put(Headers.CACHE_CONTROL, "no-cache").put(Headers.ETAG, tag.toString());
        if (ETagUtils.handleIfNoneMatch(exchange, tag, true)) {
            Answers.send(exchange, StatusCodes.OK, type, bytes);
        } else {
            exchange.setStatusCode(StatusCodes.NOT_MODIFIED).endExchange();
        }
    }

    private static String type(String name) {
        if (name.endsWith(".js")) {
            return "text/javascript; charset=utf-8";
        }
        return name.endsWith(".css") ? "text/css; charset=utf-8" : "image/svg+xml";
    }

    private static String version(String library) throws IOException {
        Properties versions = new Properties();
        versions.load(new StringReader(new String(own("assets.properties"), UTF_8)));
        return versions.getProperty(library);
    }

    private static byte[] own(String name) throws IOException {
        return read("/io/tollgate/runner/admin/" + name);
    }

    private static byte[] read(String resource) throws IOException {
        try (InputStream in = StaticPages.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new FileNotFoundException(resource);
            }
            return in.readAllBytes();
        }
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
