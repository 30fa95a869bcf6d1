package io.tollgate.examples.services.database;

import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.sql.SQLTransientException;
import org.jspecify.annotations.Nullable;

/** The database failed. What it says is for the log: it may quote values of columns. */
public final class DatabaseException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The state that the SQL standard gives to a broken uniqueness. */
    private static final String UNIQUE_VIOLATION = "23505";

    DatabaseException(String message, @Nullable Throwable cause) {
        super(cause == null ? message : message + ": " + cause.getMessage(), cause);
    }

    /** Whether the same might succeed in a moment: no connection was free, or a row was locked for too long. */
    public boolean isTransient() {
        return getCause() instanceof SQLTransientException;
    }

    /** Whether it refused a row because there is one of that key. */
    public static boolean isDuplicate(SQLException e) {
        return e instanceof SQLIntegrityConstraintViolationException && UNIQUE_VIOLATION.equals(e.getSQLState());
    }
}
