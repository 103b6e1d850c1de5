package io.bongsu.embedded;

/**
 * A child process could not be started, or ended before it was ready. The message is one sentence for the user that says
 * what is wrong and what to do; {@link #problem} and {@link #fix} are its two halves.
 */
public final class EmbeddedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String problem;
    private final String fix;

    public EmbeddedException(String problem, String fix) {
        super(problem + "; " + fix);
        this.problem = problem;
        this.fix = fix;
    }

    public EmbeddedException(String problem, String fix, Throwable cause) {
        super(problem + "; " + fix, cause);
        this.problem = problem;
        this.fix = fix;
    }

    public String problem() {
        return problem;
    }

    public String fix() {
        return fix;
    }
}
