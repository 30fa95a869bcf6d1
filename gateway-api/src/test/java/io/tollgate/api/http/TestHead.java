package io.tollgate.api.http;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/** A request head made by hand: {@code GET /}. */
public final class TestHead implements HttpRequestHead {
    private final InetAddress peer;
    private final List<String> headers = new ArrayList<>();

    /** Starts a head without headers. */
    public TestHead(InetAddress peer) {
        this.peer = peer;
    }

    /** Adds a header line. */
    public TestHead with(String name, String value) {
        headers.add(name);
        headers.add(value);
        return this;
    }

    @Override
    public String method() {
        return "GET";
    }

    @Override
    public String path() {
        return "/";
    }

    @Override
    public InetAddress peer() {
        return peer;
    }

    @Override
    public List<String> headers(String name) {
        List<String> values = new ArrayList<>();
        for (int i = 0; i < headers.size(); i += 2) {
            if (headers.get(i).equalsIgnoreCase(name)) {
                values.add(headers.get(i + 1));
            }
        }
        return values;
    }
}
