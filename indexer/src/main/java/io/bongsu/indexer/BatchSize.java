package io.bongsu.indexer;

/** How much one bulk request may hold: as configured, less after a refusal, growing again with every success. */
final class BatchSize {
    private static final int FLOOR_DOCUMENTS = 64;
    private static final long FLOOR_BYTES = 64 * 1024;

    private final int mostDocuments;
    private final long mostBytes;
    private int documents;
    private long bytes;

    BatchSize(int mostDocuments, long mostBytes) {
        this.mostDocuments = mostDocuments;
        this.mostBytes = mostBytes;
        documents = mostDocuments;
        bytes = mostBytes;
    }

    int documents() {
        return documents;
    }

    /** A document that weighs more goes alone. */
    long bytes() {
        return bytes;
    }

    /** To half of what was too much; not below a floor, unless the size itself was refused. */
    void shrink(int refusedDocuments, long refusedBytes, boolean floor) {
        documents =
                Math.max(floor ? Math.min(FLOOR_DOCUMENTS, documents) : 1, Math.min(documents, refusedDocuments) / 2);
        bytes = Math.max(floor ? Math.min(FLOOR_BYTES, bytes) : 1, Math.min(bytes, refusedBytes) / 2);
    }

    void grow() {
        documents = (int) Math.min(mostDocuments, documents + Math.max(1L, documents / 8));
        bytes = Math.min(mostBytes, bytes + Math.max(1_024L, bytes / 8));
    }
}
