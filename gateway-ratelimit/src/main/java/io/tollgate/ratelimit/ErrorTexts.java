package io.tollgate.ratelimit;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The messages of errors of Redis, made fit for a log and a page: short, visible, and without the password. */
final class ErrorTexts {
    private static final int MAX_LENGTH = 300;

    /** Codes of errors that are about the node or the user, not about one bucket. */
    private static final List<String> ABOUT_THE_NODE = List.of(
            "NOAUTH",
            "WRONGPASS",
            "NOPERM",
            "LOADING",
            "MISCONF",
            "READONLY",
            "MASTERDOWN",
            "NOREPLICAS",
            "CLUSTERDOWN",
            "OOM",
            "BUSY");

    private final RedisPassword password;

    ErrorTexts(RedisPassword password) {
        this.password = password;
    }

    /** Returns the message of the deepest cause that adds one, or the name of its class. */
    String of(Throwable problem) {
        Throwable deepest = problem;
        Throwable cause = problem.getCause();
        while (cause != null && cause != deepest && isOnly(deepest, cause)) {
            deepest = cause;
            cause = deepest.getCause();
        }
        String message = deepest.getMessage();
        return of(message == null || deepest instanceof Error ? deepest.toString() : message);
    }

    private static boolean isOnly(Throwable outer, Throwable cause) {
        return outer.getMessage() == null || outer.getMessage().equals(cause.toString());
    }

    /** Returns an error of Redis from its code on, which an error within a script has in the middle. */
    String of(@Nullable String message) {
        if (message == null || message.isBlank()) {
            return "an error without a message";
        }
        String code = code(message);
        String text =
                message.startsWith("ERR ") && !code.isEmpty() ? message.substring(message.indexOf(code)) : message;
        if (password.isIn(text)) {
            return (code.isEmpty() ? "an error" : code) + " (its text is withheld because it repeats the password)";
        }
        StringBuilder visible = new StringBuilder();
        for (int i = 0; i < text.length() && i < MAX_LENGTH; i++) {
            char c = text.charAt(i);
            visible.append(c >= ' ' && c < 0x7f ? c : ' ');
        }
        return (text.length() > MAX_LENGTH ? visible.append("...") : visible)
                .toString()
                .strip();
    }

    /** Returns whether no bucket of the node can be used, according to this error. */
    static boolean isAboutTheNode(@Nullable String message) {
        return message != null && !code(message).isEmpty();
    }

    /** Returns whether a new connection may reach a better node, or be a better one. */
    static boolean isCuredByAnotherConnection(@Nullable String message) {
        return message != null
                && (message.contains("READONLY")
                        || message.contains("LOADING")
                        || message.contains("MASTERDOWN")
                        || message.contains("NOAUTH"));
    }

    /** Returns whether the keys of a command are too many, or too far apart, for one node; nothing was done then. */
    static boolean isAboutSeveralKeys(@Nullable String message) {
        return message != null && message.startsWith("CROSSSLOT");
    }

    private static String code(String message) {
        int first = Integer.MAX_VALUE;
        String found = "";
        for (String code : ABOUT_THE_NODE) {
            int at = message.indexOf(code);
            if (at >= 0 && at < first && isWord(message, at, code.length())) {
                first = at;
                found = code;
            }
        }
        return found;
    }

    private static boolean isWord(String message, int at, int length) {
        int end = at + length;
        return (at == 0 || !Character.isLetterOrDigit(message.charAt(at - 1)))
                && (end == message.length() || !Character.isLetterOrDigit(message.charAt(end)));
    }
}
