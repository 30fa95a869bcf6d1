package io.tollgate.spring.boot;

/** The place of the guard among filters. */
final class GuardOrder {
    /** Right after the chain of Spring Security, whose order is -100 with servlets and without. */
    static final int AFTER_SPRING_SECURITY = -99;

    private GuardOrder() {}
}
