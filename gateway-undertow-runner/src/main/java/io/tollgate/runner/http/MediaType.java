package io.tollgate.runner.http;

import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks that a body is JSON in UTF-8, as far as its {@code Content-Type} says. */
final class MediaType {
    private static final String JSON = "application/json";

    private MediaType() {}

    /** Fails with {@code UNSUPPORTED_MEDIA_TYPE} where {@code Content-Type} is there and says anything else. */
    static void requireJson(Request request) {
        List<String> types = request.headers("Content-Type");
        if (!types.isEmpty() && (types.size() > 1 || !isJson(types.get(0)))) {
            throw GatewayException.of(
                    CommonError.UNSUPPORTED_MEDIA_TYPE, "The body must be application/json, in UTF-8.");
        }
    }

    /** RFC 9110, section 8.3.1: {@code application/json}, then parameters, of which only the charset matters. */
    static boolean isJson(String type) {
        if (type.equals(JSON)) {
            return true;
        }
        int semicolon = type.indexOf(';');
        String essence = semicolon < 0 ? type : type.substring(0, semicolon);
        if (!essence.strip().equalsIgnoreCase(JSON)) {
            return false;
        }
        int from = semicolon + 1;
        while (semicolon >= 0 && from <= type.length()) {
            int next = parameterEnd(type, from);
            if (!isHarmless(type.substring(from, next).strip())) {
                return false;
            }
            from = next + 1;
        }
        return true;
    }

    private static int parameterEnd(String type, int from) {
        boolean quoted = false;
        for (int i = from; i < type.length(); i++) {
            char c = type.charAt(i);
            if (quoted && c == '\\') {
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == ';' && !quoted) {
                return i;
            }
        }
        return type.length();
    }

    private static boolean isHarmless(String parameter) {
        int equals = parameter.indexOf('=');
        @Nullable
        String charset = equals > 0 && parameter.substring(0, equals).strip().equalsIgnoreCase("charset")
                ? parameter.substring(equals + 1).strip()
                : null;
        return charset == null ? parameter.isEmpty() || equals > 0 : isUtf8(charset);
    }

    private static boolean isUtf8(String charset) {
        boolean quoted = charset.length() > 1 && charset.startsWith("\"") && charset.endsWith("\"");
        String name = quoted ? charset.substring(1, charset.length() - 1) : charset;
        return name.equalsIgnoreCase("utf-8") || name.equalsIgnoreCase("utf8");
    }
}
