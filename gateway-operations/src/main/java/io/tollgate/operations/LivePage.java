package io.tollgate.operations;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code /} and {@code /live/…}: the files of the live page, from the jar. */
final class LivePage {
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

    /** The same for every server of the process. */
    private static final Map<String, Document> DOCUMENTS = documents();

    private LivePage() {}

    static List<Page> pages() {
        return DOCUMENTS.entrySet().stream()
                .map(document -> Page.get(
                        document.getKey(),
                        Audience.BROWSER,
                        (request, rest) -> document.getValue().respond(request)))
                .toList();
    }

    private static Map<String, Document> documents() {
        Map<String, Document> documents = new LinkedHashMap<>();
        documents.put("/", Document.file("live/live.html", Document.REVALIDATED));
        OWN.forEach(name -> documents.put("/live/" + name, Document.file("live/" + name, Document.REVALIDATED)));
        documents.put("/live/uPlot.js", Document.file("live/uplot/dist/uPlot.iife.min.js", Document.REVALIDATED));
        documents.put("/live/uPlot.css", Document.file("live/uplot/dist/uPlot.min.css", Document.REVALIDATED));
        return documents;
    }
}
