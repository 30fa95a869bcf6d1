package io.tollgate.runner.config;

import java.util.regex.Pattern;

/** Tells lines of a file that a message must not quote. */
final class SensitiveLine {
    private static final Pattern NAME = Pattern.compile("secret|password|token|key", Pattern.CASE_INSENSITIVE);

    private SensitiveLine() {}

    static boolean mayHoldASecret(String line) {
        return NAME.matcher(line).find();
    }
}
