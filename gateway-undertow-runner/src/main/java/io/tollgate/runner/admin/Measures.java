package io.tollgate.runner.admin;

import java.io.IOException;
import java.io.OutputStream;

/** What {@code /metrics} shows. */
public interface Measures {
    /** The media type of what {@link #scrape} writes. */
    String contentType();

    /** Writes all measures as they are now; called on a thread that may take its time. */
    void scrape(OutputStream out) throws IOException;
}
