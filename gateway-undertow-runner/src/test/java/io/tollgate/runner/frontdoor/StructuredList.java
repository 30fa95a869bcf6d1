package io.tollgate.runner.frontdoor;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a list of strings with whole numbers as parameters, as RFC 9651, section 4.2, reads it. */
final class StructuredList {
    private static final Pattern ITEM = Pattern.compile("\"((?:[\\x20-\\x21\\x23-\\x5b\\x5d-\\x7e]|\\\\[\"\\\\])*)\"");
    private static final Pattern PARAMETER = Pattern.compile("; *([a-z*][a-z0-9_.*-]*)=(-?[0-9]{1,15})(?![0-9.])");
    private static final Pattern COMMA = Pattern.compile("[ \\t]*,[ \\t]*(?=[^ \\t])");

    private StructuredList() {}

    /** The parameters of each item, both in their order. */
    static Map<String, Map<String, Long>> parse(String field) {
        Map<String, Map<String, Long>> items = new LinkedHashMap<>();
        int at = 0;
        while (true) {
            Matcher item = ITEM.matcher(field).region(at, field.length());
            if (!item.lookingAt()) {
                throw new AssertionError("no string at " + at + " of: " + field);
            }
            at = item.end();
            Map<String, Long> parameters = new LinkedHashMap<>();
            Matcher parameter = PARAMETER.matcher(field).region(at, field.length());
            while (parameter.lookingAt()) {
                parameters.put(parameter.group(1), Long.valueOf(parameter.group(2)));
                at = parameter.end();
                parameter.region(at, field.length());
            }
            if (items.put(item.group(1), parameters) != null) {
                throw new AssertionError(item.group(1) + " twice in: " + field);
            }
            if (at == field.length()) {
                return items;
            }
            Matcher comma = COMMA.matcher(field).region(at, field.length());
            if (!comma.lookingAt()) {
                throw new AssertionError("neither a comma nor the end at " + at + " of: " + field);
            }
            at = comma.end();
        }
    }
}
