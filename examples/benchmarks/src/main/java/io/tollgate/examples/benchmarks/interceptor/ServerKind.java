package io.tollgate.examples.benchmarks.interceptor;

/** A server of the comparison. */
enum ServerKind {
    BARE("without the guard"),
    LIMITED("limited, by address"),
    AUTHENTICATED("authenticated, and limited by user");

    private final String title;

    ServerKind(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    boolean readsTokens() {
        return this == AUTHENTICATED;
    }
}
