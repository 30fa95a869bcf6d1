package io.tollgate.runner.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An answer as it came over the wire. */
record RawResponse(int status, List<String> lines, String body) {
    static RawResponse ofHead(String head) {
        List<String> lines = head.lines().toList();
        return new RawResponse(Integer.parseInt(lines.get(0).substring(9, 12)), lines, "");
    }

    RawResponse withBody(String text) {
        return new RawResponse(status, lines, text);
    }

    /** The value of a header that is there at most once; null where it is not. */
    @Nullable
    String header(String name) {
        List<String> values = lines.stream()
                .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
                .map(line -> line.substring(name.length() + 1).strip())
                .toList();
        if (values.size() > 1) {
            throw new AssertionError(name + " more than once in " + lines);
        }
        return values.isEmpty() ? null : values.get(0);
    }

    JsonNode json() {
        try {
            return new ObjectMapper().readTree(body);
        } catch (IOException e) {
            throw new UncheckedIOException("not JSON: " + body, e);
        }
    }

    /** The code of the error that this is. */
    String code() {
        return json().path("code").asText();
    }
}
