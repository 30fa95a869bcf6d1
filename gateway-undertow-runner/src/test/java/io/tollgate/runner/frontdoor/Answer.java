package io.tollgate.runner.frontdoor;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.net.http.HttpHeaders;

/** An HTTP response, as a test wants to read it. */
record Answer(int status, HttpHeaders headers, String body) {
    private static final JsonMapper JSON = new JsonMapper();

    JsonNode json() {
        try {
            return JSON.readTree(body);
        } catch (JsonProcessingException e) {
            throw new AssertionError("not JSON: " + body, e);
        }
    }

    /** The only value of a header; the empty string where there is none. */
    String header(String name) {
        var values = headers.allValues(name);
        if (values.size() > 1) {
            throw new AssertionError(name + " is there " + values.size() + " times: " + values);
        }
        return values.isEmpty() ? "" : values.get(0);
    }

    String error() {
        return json().path("error").asText();
    }

    String code() {
        return json().path("code").asText();
    }
}
