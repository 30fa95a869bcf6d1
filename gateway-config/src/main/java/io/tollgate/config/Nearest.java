package io.tollgate.config;

import java.util.Collection;
import java.util.Optional;

/** Finds the name that was probably meant. */
final class Nearest {
    private static final int MAX_LENGTH = 100;

    private Nearest() {}

    /** Returns the candidate with the fewest edits from {@code text}; empty if even that differs too much. */
    static Optional<String> to(String text, Collection<String> candidates) {
        return to(text, candidates, Math.max(2, text.length() / 3));
    }

    /** Returns the candidate with the fewest edits from {@code text}, at most {@code edits}; empty if there is none. */
    static Optional<String> to(String text, Collection<String> candidates, int edits) {
        if (text.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        String best = null;
        int fewest = edits + 1;
        for (String candidate : candidates) {
            if (Math.abs(candidate.length() - text.length()) > fewest) {
                continue;
            }
            int distance = distance(text, candidate);
            boolean likelier = distance == fewest && best != null && prefix(text, candidate) > prefix(text, best);
            if (distance < fewest || likelier) {
                fewest = distance;
                best = candidate;
            }
        }
        return Optional.ofNullable(best);
    }

    private static int prefix(String a, String b) {
        int i = 0;
        while (i < a.length() && i < b.length() && a.charAt(i) == b.charAt(i)) {
            i++;
        }
        return i;
    }

    /** Levenshtein's distance, in which two neighbours that have changed places are one edit. */
    private static int distance(String a, String b) {
        int[] beforePrevious = new int[b.length() + 1];
        int[] previous = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] current = new int[b.length() + 1];
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replaced, 1 + Math.min(previous[j], current[j - 1]));
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    current[j] = Math.min(current[j], beforePrevious[j - 2] + 1);
                }
            }
            beforePrevious = previous;
            previous = current;
        }
        return previous[b.length()];
    }
}
