package io.tollgate.undertow;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The value of {@code Date} (RFC 9110, section 5.6.7), made once a second. Thread-safe. */
final class HttpDate {
    private static final DateTimeFormatter FORMAT = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
            .withZone(ZoneOffset.UTC);

    private static volatile HttpDate last = new HttpDate(0);

    private final long second;
    private final String text;

    private HttpDate(long second) {
        this.second = second;
        this.text = FORMAT.format(Instant.ofEpochSecond(second));
    }

    static String now() {
        long second = Math.floorDiv(System.currentTimeMillis(), 1000);
        HttpDate date = last;
        if (date.second != second) {
            date = new HttpDate(second);
            last = date;
        }
        return date.text;
    }
}
