package io.tollgate.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.servlet.Container.Application;
import org.apache.catalina.util.ServerInfo;
import org.junit.jupiter.api.Test;

class TomcatFilterTest extends FilterContract {
    @Override
    Container start(String contextPath, Application application) throws Exception {
        return TomcatContainer.start(contextPath, application);
    }

    @Override
    Container startLenient(Application application) throws Exception {
        return TomcatContainer.startLenient(application);
    }

    @Test
    void runsOnTheTomcatThatTheBuildWants() {
        String wanted = System.getProperty("tollgate.tomcat.version", "10.1.");

        assertThat(ServerInfo.getServerNumber()).startsWith(wanted);
    }
}
