package io.tollgate.api.http;

import java.util.List;
import java.util.Locale;

/** The content coding that a client prefers, of the two that there are (RFC 9110, section 12.5.3). */
enum AcceptEncoding {
    /** The content as it is. */
    IDENTITY,
    /** By gzip, if that makes the content smaller. */
    GZIP,
    /** By gzip in any case: the content as it is, is excluded. */
    GZIP_ONLY;

    /** The maximum of elements that are read; a header with more of them is no serious negotiation. */
    private static final int MAX_ELEMENTS = 50;

    private static final int MAX_PARAMETERS = 10;

    /**
     * Reads the lines of {@code Accept-Encoding}. At the same weight gzip wins. If neither coding is accepted, the content is sent as
     * it is, which RFC 9110 allows and which helps more than an error.
     */
    static AcceptEncoding of(List<String> lines) {
        double gzip = -1;
        double identity = -1;
        double others = -1;
        for (String line : lines) {
            for (String element : line.split(",", MAX_ELEMENTS)) {
                String[] parts = element.split(";", MAX_PARAMETERS);
                double weight = Accepted.weight(parts);
                switch (parts[0].strip().toLowerCase(Locale.ROOT)) {
                    case "gzip", "x-gzip" -> gzip = weight;
                    case "identity" -> identity = weight;
                    case "*" -> others = weight;
                    default -> {
                        // A coding that there is not.
                    }
                }
            }
        }
        gzip = gzip < 0 ? others : gzip;
        identity = identity < 0 ? others : identity;
        if (gzip <= 0 || gzip < identity) {
            return IDENTITY;
        }
        return identity == 0 ? GZIP_ONLY : GZIP;
    }
}
