package io.tollgate.runner.admin;

import io.tollgate.runner.jar.JarFiles;
import io.tollgate.runner.jar.Webjar;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.ETag;
import io.undertow.util.ETagUtils;
import io.undertow.util.Headers;
import io.undertow.util.StatusCodes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

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
        List<Page> pages = new ArrayList<>();
        pages.add(page("/", "text/html; charset=utf-8", own("live.html")));
        for (String name : OWN) {
            pages.add(page("/live/" + name, type(name), own(name)));
        }
        pages.add(page("/live/uPlot.js", type(".js"), Webjar.UPLOT.read("dist/uPlot.iife.min.js")));
        pages.add(page("/live/uPlot.css", type(".css"), Webjar.UPLOT.read("dist/uPlot.min.css")));
        return pages;
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

    private static byte[] own(String name) {
        return JarFiles.read(StaticPages.class, name);
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
