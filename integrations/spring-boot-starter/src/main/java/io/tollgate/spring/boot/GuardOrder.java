package io.tollgate.spring.boot;

/** The places of the filters: right after the chain of Spring Security, whose order is -100 with servlets and without. */
final class GuardOrder {
    static final int TRAFFIC = -99;
    static final int GUARD = -98;
    static final int SECURITY_CONTEXT = -97;

    private GuardOrder() {}
}
