package io.tollgate.config;

import java.util.Collection;
import java.util.Optional;

/** Finds the name that was probably meant. */
final class Nearest {
    private static final int MAX_LENGTH = 100;

    private Nearest() {}

    /** Returns the candidate with the fewest edits from {@code text}; empty if even that differs too much. */
    static Optional<String> to(String text, Collection<String> candidates) {
        if (text.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        String best = null;
        int fewest = Math.max(2, text.length() / 3) + 1;
        for (String candidate : candidates) {
            int edits = distance(text, candidate);
            if (edits < fewest) {
                fewest = edits;
                best = candidate;
            }
        }
        return Optional.ofNullable(best);
    }

    /** Levenshtein's distance. */
    private static int distance(String a, String b) {
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
            }
            previous = current;
        }
        return previous[b.length()];
    }
}
