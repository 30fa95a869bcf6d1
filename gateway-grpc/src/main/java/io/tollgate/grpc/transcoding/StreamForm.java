package io.tollgate.grpc.transcoding;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.List;
import java.util.Locale;

/** The forms in which messages of a stream are written. */
@SuppressWarnings("ImmutableEnumChecker") // Nobody changes the arrays.
enum StreamForm {
    /** An array, written as it comes. */
    ARRAY("application/json", "[", ",", "", "]"),
    /** One message a line. */
    LINES("application/x-ndjson", "", "", "\n", ""),
    /** Server-sent events. */
    EVENTS("text/event-stream", "data: ", "data: ", "\n\n", "");

    private static final int MAX_ELEMENTS = 50;

    final String contentType;
    /** Before the first message. */
    final byte[] first;
    /** Before every other message. */
    final byte[] next;
    /** After every message. */
    final byte[] after;
    /** After the last message. */
    final byte[] last;

    StreamForm(String contentType, String first, String next, String after, String last) {
        this.contentType = contentType;
        this.first = first.getBytes(US_ASCII);
        this.next = next.getBytes(US_ASCII);
        this.after = after.getBytes(US_ASCII);
        this.last = last.getBytes(US_ASCII);
    }

    /**
     * Returns the form that {@code Accept} gives the most weight (RFC 9110, section 12.5.1); at equal weights the one that it
     * names most precisely, then first; else an array.
     */
    static StreamForm accepted(List<String> lines) {
        Range best = Range.NONE;
        StreamForm form = ARRAY;
        for (StreamForm candidate : values()) {
            Range range = candidate.range(lines);
            if (range.isBetterThan(best)) {
                best = range;
                form = candidate;
            }
        }
        return form;
    }

    /** Returns the most specific range that has this form. */
    private Range range(List<String> lines) {
        Range found = Range.NONE;
        int place = 0;
        for (String line : lines) {
            for (String element : line.split(",", MAX_ELEMENTS)) {
                String[] parts = element.split(";", MAX_ELEMENTS);
                int specificity = specificity(parts[0].strip().toLowerCase(Locale.ROOT));
                if (specificity > found.specificity) {
                    found = new Range(specificity, weight(parts), place);
                }
                place++;
            }
        }
        return found;
    }

    private int specificity(String range) {
        if (range.equals(contentType) || (this == LINES && range.equals("application/ndjson"))) {
            return 3;
        }
        boolean family = range.endsWith("/*") && contentType.startsWith(range.substring(0, range.length() - 1));
        return family ? 2 : range.equals("*/*") ? 1 : 0;
    }

    private static double weight(String[] parts) {
        for (int i = 1; i < parts.length; i++) {
            String parameter = parts[i].strip();
            if (parameter.regionMatches(true, 0, "q=", 0, 2)) {
                try {
                    double weight = Double.parseDouble(parameter.substring(2));
                    return weight >= 0 && weight <= 1 ? weight : 0;
                } catch (NumberFormatException e) {
                    return 0;
                }
            }
        }
        return 1;
    }

    private record Range(int specificity, double weight, int place) {
        static final Range NONE = new Range(0, 0, 0);

        boolean isBetterThan(Range other) {
            if (weight != other.weight) {
                return weight > other.weight;
            }
            if (weight == 0 || specificity != other.specificity) {
                return weight > 0 && specificity > other.specificity;
            }
            return specificity == 3 && place < other.place;
        }
    }
}
