package io.bongsu.shipper.handoff;

import org.jspecify.annotations.Nullable;

/**
 * What all lines of a listener have in common.
 *
 * @param listener name; the first part of the source identity
 * @param input how the lines were framed: syslog, json
 */
public record Origin(
        String listener,
        String input,
        @Nullable String tag,
        @Nullable String charset,
        @Nullable String zone) {}
