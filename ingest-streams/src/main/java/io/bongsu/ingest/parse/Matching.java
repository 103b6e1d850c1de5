package io.bongsu.ingest.parse;

import java.util.List;

/** A pattern that a text fits or not; when it does, its fields are set, and only then. */
interface Matching {
    boolean match(String text, Body out);

    /** The fields that it can set. */
    List<Target> targets();
}
