package io.tollgate.spring.boot;

import io.tollgate.servlet.GuardFilter;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.List;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;

/** Passes requests to the guard, except those to excluded paths. */
final class PathFilter implements Filter {
    private final GuardFilter guard;
    private final List<PathPattern> excluded;

    PathFilter(GuardFilter guard, List<PathPattern> excluded) {
        this.guard = guard;
        this.excluded = excluded;
    }

    @Override
    public void init(FilterConfig config) {
        guard.init(config);
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (isExcluded((HttpServletRequest) request)) {
            chain.doFilter(request, response);
        } else {
            guard.doFilter(request, response, chain);
        }
    }

    private boolean isExcluded(HttpServletRequest request) {
        if (excluded.isEmpty()) {
            return false;
        }
        String uri = request.getRequestURI();
        String context = request.getContextPath();
        if (!uri.startsWith(context) || AmbiguousPath.is(uri)) {
            return false;
        }
        PathContainer path = PathContainer.parsePath(uri.substring(context.length()));
        for (PathPattern pattern : excluded) {
            if (pattern.matches(path)) {
                return true;
            }
        }
        return false;
    }
}
