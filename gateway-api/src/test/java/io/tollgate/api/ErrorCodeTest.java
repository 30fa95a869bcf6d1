package io.tollgate.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.tollgate.api.order.OrderError;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ErrorCodeTest {
    @Test
    void aCodeOfAServiceHasItsNameAndOneLabelForAll() {
        ErrorCode code = ErrorCode.of("BOOK_LENT", ErrorType.CONFLICT_ERROR, 409);

        assertThat(code.name()).isEqualTo("BOOK_LENT");
        assertThat(code.type()).isEqualTo(ErrorType.CONFLICT_ERROR);
        assertThat(code.httpStatus()).isEqualTo(409);
        assertThat(code.label()).isEqualTo("other");
        assertThat(code).hasToString("BOOK_LENT");
        assertThat(code)
                .isEqualTo(ErrorCode.of("BOOK_LENT", ErrorType.CONFLICT_ERROR, 409))
                .isNotEqualTo(ErrorCode.of("BOOK_LENT", ErrorType.CONFLICT_ERROR, 410));
    }

    @Test
    void aConstantIsItsOwnLabel() {
        assertThat(OrderError.SOLD_OUT.label()).isEqualTo("SOLD_OUT");
        assertThat(LibraryError.LENT.label()).isEqualTo("LENT");
    }

    private enum LibraryError implements ErrorCode {
        LENT {
            @Override
            public int httpStatus() {
                return 409;
            }
        };

        @Override
        public ErrorType type() {
            return ErrorType.CONFLICT_ERROR;
        }
    }

    @Test
    void theFaultIsOursFrom500On() {
        assertThat(ErrorCode.of("A", ErrorType.CONFLICT_ERROR, 499).isServerFault())
                .isFalse();
        assertThat(ErrorCode.of("A", ErrorType.CONFLICT_ERROR, 500).isServerFault())
                .isTrue();
    }

    @Test
    void aVersionOfHttpThatTheClientChoseIsNotOurFault() {
        assertThat(CommonError.HTTP_VERSION_NOT_SUPPORTED.isServerFault()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "Sold", "1A", "_A", "A-B", "A B", "A\n", "Ä"})
    void namesAreUpperCase(String name) {
        assertThat(ErrorCode.isName(name)).isFalse();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ErrorCode.of(name, ErrorType.CONFLICT_ERROR, 409))
                .withMessage("name: \"" + name + "\" (expected: [A-Z][A-Z0-9_]{0,62})");
    }

    @Test
    void namesHaveAtMost63Characters() {
        assertThat(ErrorCode.isName("A".repeat(63))).isTrue();
        assertThat(ErrorCode.isName("A".repeat(64))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 200, 399, 600})
    void statusesAreThoseOfErrors(int status) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ErrorCode.of("A", ErrorType.CONFLICT_ERROR, status))
                .withMessage("httpStatus: " + status + " (expected: 400 to 599)");
    }

    @Test
    void needsAType() {
        assertThatNullPointerException()
                .isThrownBy(() -> ErrorCode.of("A", null, 400))
                .withMessage("type");
    }

    @Test
    void allConstantsAreWellFormedAndDifferent() {
        List<ErrorCode> all = new ArrayList<>(List.of(CommonError.values()));
        all.addAll(List.of(OrderError.values()));

        assertThat(all).extracting(ErrorCode::name).doesNotHaveDuplicates().allMatch(ErrorCode::isName);
        assertThat(all).extracting(ErrorCode::httpStatus).allMatch(status -> status >= 400 && status <= 599);
    }
}
