package io.tollgate.servlet;

import io.tollgate.api.Principal;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import org.jspecify.annotations.Nullable;

/** A request whose user is the one of its token, if the guard read one; watches what handlers do later. */
final class AdmittedRequest extends HttpServletRequestWrapper {
    private final GuardedExchange exchange;

    AdmittedRequest(HttpServletRequest request, GuardedExchange exchange) {
        super(request);
        this.exchange = exchange;
    }

    /** Returns whether {@code request} is, or wraps, a request of that exchange. */
    static boolean isIn(ServletRequest request, GuardedExchange exchange) {
        ServletRequest inner = request;
        while (inner instanceof jakarta.servlet.ServletRequestWrapper wrapper) {
            if (wrapper instanceof AdmittedRequest admitted && admitted.exchange == exchange) {
                return true;
            }
            inner = wrapper.getRequest();
        }
        return false;
    }

    @Override
    public java.security.@Nullable Principal getUserPrincipal() {
        Principal user = exchange.tokenUser();
        return user == null ? super.getUserPrincipal() : new UserPrincipal(user);
    }

    @Override
    public @Nullable String getRemoteUser() {
        Principal user = exchange.tokenUser();
        return user == null ? super.getRemoteUser() : user.userId();
    }

    @Override
    public boolean isUserInRole(String role) {
        Principal user = exchange.tokenUser();
        return user == null ? super.isUserInRole(role) : user.roles().contains(role);
    }

    @Override
    public @Nullable String getAuthType() {
        return exchange.tokenUser() == null ? super.getAuthType() : "Bearer";
    }

    @Override
    public AsyncContext startAsync() {
        return exchange.watch(super.startAsync());
    }

    @Override
    public AsyncContext startAsync(ServletRequest request, ServletResponse response) {
        return exchange.watch(super.startAsync(request, response));
    }
}
