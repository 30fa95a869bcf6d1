package io.tollgate.spring.boot;

import org.springframework.boot.WebApplicationType;

/** The routes of Spring MVC. */
class MvcRoutesTest extends RoutesContract {
    MvcRoutesTest() {
        super(WebApplicationType.SERVLET);
    }
}
