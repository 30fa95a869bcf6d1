package io.tollgate.spring.boot;

import io.tollgate.api.Principal;
import java.util.Optional;
import org.springframework.core.MethodParameter;
import org.springframework.core.ResolvableType;

/** Recognizes the parameters of handlers that take the user. */
final class PrincipalParameters {
    private PrincipalParameters() {}

    static boolean supports(MethodParameter parameter) {
        return parameter.getParameterType() == Principal.class
                || (parameter.getParameterType() == Optional.class
                        && ResolvableType.forMethodParameter(parameter)
                                        .getGeneric()
                                        .resolve()
                                == Principal.class);
    }
}
