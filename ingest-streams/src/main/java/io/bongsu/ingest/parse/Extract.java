package io.bongsu.ingest.parse;

/** Takes fields out of a text or another field: the steps that have a format of their own. */
interface Extract {
    /** Whether the text was what it should be; when not, nothing is set. */
    boolean apply(Body body);
}
