package io.tollgate.servlet;

import io.tollgate.servlet.Container.Application;

class TomcatFilterTest extends FilterContract {
    @Override
    Container start(String contextPath, Application application) throws Exception {
        return TomcatContainer.start(contextPath, application);
    }
}
