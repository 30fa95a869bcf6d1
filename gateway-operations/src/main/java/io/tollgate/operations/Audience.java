package io.tollgate.operations;

/** The audience of a page, from which follows what a request must have to see it. */
enum Audience {
    /** Everyone: probes and scrapers use any host name, and learn nothing that is worth hiding. */
    ANYONE,
    /** A browser that used an allowed host name: the page itself is the same everywhere, and asks for a token. */
    BROWSER,
    /** An operator: an allowed host name, and the token if there is one. */
    OPERATOR
}
