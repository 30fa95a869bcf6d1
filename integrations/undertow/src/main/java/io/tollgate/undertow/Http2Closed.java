package io.tollgate.undertow;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The streams that the server has reset, for as long as frames may arrive that the client sent before it knew (RFC 9113,
 * section 5.1): no more than what was left of their windows.
 */
final class Http2Closed {
    private static final int MAX = 256;

    private final Map<Integer, Integer> windows = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, Integer> eldest) {
            return size() > MAX;
        }
    };

    void add(int stream, int window) {
        windows.put(stream, window);
    }

    boolean contains(int stream) {
        return windows.containsKey(stream);
    }

    /** Counts content of a stream; returns whether its window allows it. */
    boolean receive(int stream, int flow) {
        Integer left = windows.computeIfPresent(stream, (key, window) -> window - flow);
        return left != null && left >= 0;
    }
}
