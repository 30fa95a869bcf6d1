package io.tollgate.servlet;

import io.tollgate.servlet.Container.Application;

class JettyFilterTest extends FilterContract {
    @Override
    Container start(String contextPath, Application application) throws Exception {
        return JettyContainer.start(contextPath, application);
    }
}
