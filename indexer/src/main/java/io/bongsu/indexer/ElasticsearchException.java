package io.bongsu.indexer;

/** Elasticsearch did not do what it was asked; the message is for people. */
public final class ElasticsearchException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int status;

    ElasticsearchException(String message, int status) {
        super(message);
        this.status = status;
    }

    ElasticsearchException(String message, Throwable cause) {
        super(message, cause);
        this.status = 0;
    }

    /** HTTP status; 0: there was no answer. */
    public int status() {
        return status;
    }
}
