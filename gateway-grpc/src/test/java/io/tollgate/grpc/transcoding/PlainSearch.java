package io.tollgate.grpc.transcoding;

import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;

/** The rules of the path matcher, written a second time: regular expressions, and a comparison of what matched. */
final class PlainSearch {
    private PlainSearch() {}

    static String randomTemplate(Random random) {
        StringBuilder text = new StringBuilder();
        boolean many = false;
        for (int i = 0; i < 1 + random.nextInt(4); i++) {
            int kind = random.nextInt(8);
            boolean isMany = kind == 0 && !many;
            many |= isMany;
            text.append('/').append(isMany ? "**" : kind < 3 ? "*" : literal(random));
        }
        return random.nextInt(4) == 0 ? text + ":" + literal(random) : text.toString();
    }

    static String randomPath(Random random) {
        StringBuilder path = new StringBuilder();
        for (int i = 0; i < 1 + random.nextInt(5); i++) {
            path.append('/').append(literal(random));
        }
        return random.nextInt(4) == 0 ? path + ":" + literal(random) : path.toString();
    }

    private static String literal(Random random) {
        return String.valueOf((char) ('a' + random.nextInt(3)));
    }

    /** Returns the shapes that match. */
    static List<String> matching(List<String> templates, String path) {
        return templates.stream()
                .map(text -> HttpTemplate.parse(text).shape())
                .distinct()
                .filter(shape -> pattern(shape).matcher(path).matches())
                .toList();
    }

    static Pattern pattern(String shape) {
        int colon = shape.indexOf(':');
        String verb = colon < 0 ? "" : shape.substring(colon);
        StringBuilder regex = new StringBuilder();
        for (String segment :
                (colon < 0 ? shape : shape.substring(0, colon)).substring(1).split("/", -1)) {
            regex.append(
                    switch (segment) {
                        case "**" -> "(?:/[^/]+)*";
                        case "*" -> "/[^/]+";
                        default -> "/" + Pattern.quote(segment);
                    });
        }
        return Pattern.compile(regex + Pattern.quote(verb));
    }

    /** Returns the shape that the rules prefer. */
    static String best(List<String> matching) {
        return matching.stream().min(PlainSearch::compare).orElseThrow();
    }

    private static int compare(String one, String other) {
        boolean verb = one.indexOf(':') >= 0;
        if (verb != other.indexOf(':') >= 0) {
            return verb ? -1 : 1;
        }
        String[] first = segments(one);
        String[] second = segments(other);
        for (int i = 0; i < Math.min(first.length, second.length); i++) {
            int rank = rank(first[i]) - rank(second[i]);
            if (rank != 0) {
                return rank;
            }
            if (rank(first[i]) == 2) {
                // Behind ** the segments stand at the end: the template with more of them is more precise there.
                int longer = second.length - first.length;
                if (longer != 0) {
                    return longer;
                }
            }
        }
        return first.length - second.length; // one of them ends with the path, the other has an empty **
    }

    private static int rank(String segment) {
        return segment.equals("**") ? 2 : segment.equals("*") ? 1 : 0;
    }

    private static String[] segments(String shape) {
        int colon = shape.indexOf(':');
        return (colon < 0 ? shape : shape.substring(0, colon)).substring(1).split("/", -1);
    }
}
