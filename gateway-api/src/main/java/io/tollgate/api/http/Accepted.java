package io.tollgate.api.http;

import java.util.List;
import java.util.Locale;

/** Reads {@code Accept} (RFC 9110, section 12.5.1). */
final class Accepted {
    private static final String PROBLEM = "application/problem+json";
    private static final String JSON = "application/json";
    /** The maximum of elements that are read; a header with more of them is no serious negotiation. */
    private static final int MAX_ELEMENTS = 50;

    private static final int MAX_PARAMETERS = 10;

    private Accepted() {}

    /** Returns whether problem details are accepted with a higher weight than plain JSON, or first at the same weight by name. */
    static boolean prefersProblem(List<String> lines) {
        Weight problem = new Weight();
        Weight json = new Weight();
        int place = 0;
        for (String line : lines) {
            for (String element : line.split(",", MAX_ELEMENTS)) {
                place++;
                String[] parts = element.split(";", MAX_PARAMETERS);
                String range = parts[0].strip().toLowerCase(Locale.ROOT);
                double weight = weight(parts);
                problem.offer(specificity(range, PROBLEM), weight, place);
                json.offer(specificity(range, JSON), weight, place);
            }
        }
        return problem.specificity == 3
                && problem.weight > 0
                && (problem.weight > json.weight
                        || (problem.weight == json.weight && (json.specificity < 3 || problem.place < json.place)));
    }

    /** 3 for the type itself, 2 for its family, 1 for all, 0 for no match. */
    private static int specificity(String range, String type) {
        if (range.equals(type)) {
            return 3;
        }
        return range.equals("application/*") ? 2 : range.equals("*/*") ? 1 : 0;
    }

    /** Returns the weight among the parameters of an element; 0 if it is malformed. */
    static double weight(String[] parts) {
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

    /** The weight of the most specific range that matches a type. */
    private static final class Weight {
        int specificity;
        double weight;
        int place;

        void offer(int how, double offered, int at) {
            if (how > specificity) {
                specificity = how;
                weight = offered;
                place = at;
            }
        }
    }
}
